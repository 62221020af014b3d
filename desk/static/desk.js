// Keys of the desk. Everything here is a convenience: without this file every page works as plain forms and links.
"use strict";
(() => {
  const typing = (node) => node && (/^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) || node.isContentEditable);
  const rows = () => [...document.querySelectorAll("[data-item]")];
  const ways = { h: "/", t: "/tin", q: "/tong-quan", p: "/tin?phan_anh=any", b: "/bao-cao" };
  let first = "";

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("chosen"));
    const next = Math.min(Math.max(now + step, 0), all.length - 1);
    all.forEach((row, place) => row.classList.toggle("chosen", place === next));
    all[next].querySelector("a").focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  function help() {
    const box = document.getElementById("phim");
    if (box && box.showModal) box.open ? box.close() : box.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const key = event.key;
    if (first === "g" && ways[key]) { first = ""; location.href = ways[key]; return; }
    first = key === "g" ? "g" : "";
    if (key === "?") { event.preventDefault(); help(); }
    else if (key === "/") { const box = document.querySelector("[type=search]"); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "n" || key === "p") { const way = document.querySelector(`[rel=${key === "n" ? "next" : "prev"}]`); if (way) way.click(); }
  });

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button")) setTimeout(() => { button.disabled = true; }, 0);
      const note = form.querySelector("[data-busy]");
      if (note) note.hidden = false;
    });
  }
  for (const note of document.querySelectorAll("[data-refresh]")) {
    setInterval(() => { if (!typing(document.activeElement) && !document.hidden) location.reload(); }, 1000 * Number(note.dataset.refresh));
  }
  for (const open of document.querySelectorAll("[data-help]")) open.addEventListener("click", (event) => { event.preventDefault(); help(); });
})();
