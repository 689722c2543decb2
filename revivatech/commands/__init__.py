"""One module for each word of the command line: `add(parser)` describes it, `main(arguments)` does it."""
