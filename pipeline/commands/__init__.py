"""The commands of `langnghe`, grouped by whom they serve. Help and messages in Vietnamese; formats are fixed."""
