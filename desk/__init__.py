"""The web desk: what people see and decide. It never runs work; it writes requests the pipeline carries out."""
