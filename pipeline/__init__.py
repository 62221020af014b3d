"""Floor 4: order and time. The jobs, the timetable, the command line; everything is wired here, by hand."""
