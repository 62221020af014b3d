// Keys of labelling. A key does what a click on the control beside it does; without this file the forms work by hand.
"use strict";
(() => {
  const form = document.querySelector("[data-answer]");
  const groups = form ? [...form.querySelectorAll("[data-task]")] : [];
  const all = document.querySelector("[data-label=all]");
  const guide = document.getElementById("huong-dan");
  let now = 0, sent = false, chosen = null;

  const typing = (node) => node && (node.tagName === "TEXTAREA" || node.tagName === "SELECT" || (node.tagName === "INPUT" && /^(text|search|password|email)$/.test(node.type)));
  const pressed = (event) => event.code.replace(/^(Digit|Numpad|Key)/, "").toLowerCase();

  function show(place, begin) {
    now = Math.min(Math.max(place, 0), groups.length);
    groups.forEach((group, at) => group.classList.toggle("now", at === now));
    if (!all || begin) return;
    const next = groups[now] ? groups[now].querySelector("input:checked, input") : form.querySelector("[data-save]");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function send(button) {
    if (sent) return;
    sent = true;
    button ? button.click() : form.requestSubmit();
  }

  function choose(control) {
    if (control.tagName === "BUTTON") { send(control); return; }
    control.checked = true;
    if (control.name === "relevance" && control.value === "0") { send(form.querySelector("[data-save]")); return; }
    show(groups.findIndex((group) => group.contains(control)) + 1);
  }

  // ------------------------------------------------------------ a marked stretch becomes an act
  const points = (text) => [...text].length;
  function marked() {
    const picked = document.getSelection();
    const range = picked.rangeCount ? picked.getRangeAt(0) : null;
    const field = range && range.commonAncestorContainer.parentElement.closest("[data-field]");
    if (!field || !picked.toString().trim()) return null;
    const before = document.createRange();
    before.setStart(field, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const text = range.toString(), lead = text.length - text.trimStart().length;
    return { field: field.dataset.field, quote: text.trim(), start: points(before.toString()) + lead };
  }

  function act() {
    const found = marked() || chosen;
    const rows = [...document.querySelectorAll("[data-act]")];
    const row = rows.find((one) => !one.querySelector("[name=quote]").value && !one.querySelector("[name=clause]").value);
    if (!row) return;
    const place = row.closest("details");
    if (place) place.open = true;
    if (found) for (const name of ["quote", "field", "start"]) row.querySelector(`[name=${name}]`).value = found[name];
    row.querySelector("[name=clause]").focus();
  }
  document.addEventListener("selectionchange", () => { chosen = marked() || chosen; });

  // ------------------------------------------------------------ the keys
  function command(key) {
    if (key === "h" && document.querySelector("[data-act]")) { act(); return true; }
    if (key === "g" && guide) { guide.open ? guide.close() : guide.showModal(); return true; }
    const focus = document.querySelector(`[data-focus="${key}"]`);
    if (focus) { focus.focus(); return true; }
    const other = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => !one.closest("[data-task]"));
    if (!other) return false;
    other.type === "checkbox" ? other.click() : send(other);
    return true;
  }

  function answer(key, shift) {
    const group = groups[all ? now : 0];
    if (!group) return false;
    const control = group.querySelector(shift ? `[data-also="${key}"]` : `[data-key="${key}"]`);
    if (!control) return false;
    shift ? control.click() : choose(control);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    const open = document.querySelector("dialog[open]");
    if (open && !(open === guide && event.key === "g")) return;
    const key = pressed(event);
    let done = false;
    if (event.key === "Enter" && form && !/^(BUTTON|A|SUMMARY)$/.test(event.target.tagName)) {
      const save = form.querySelector("[data-save]");
      if (save) send(save);
      done = true;
    }
    else if (event.key === "Backspace" && all) { show(now - 1); done = true; }
    else if (/^[0-9a-z]$/.test(key)) done = (!event.shiftKey && command(key)) || answer(key, event.shiftKey);
    if (done) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  for (const way of document.querySelectorAll("[data-guideline]")) way.addEventListener("click", (event) => { if (guide) { event.preventDefault(); guide.showModal(); } });
  if (form) for (const group of groups) group.addEventListener("change", (event) => { if (all && event.target.type === "radio") now = groups.indexOf(group) + 1; });
  if (groups.length) show(0, true);
})();
