# Everything that is more than one line is Python: revivatech/setup/ and revivatech/commands/.
.PHONY: run setup test lint lock bench chaos demo clean help
.DEFAULT_GOAL := help

run: ## prepare what is missing and run the whole shop (ARGS="--processes site=2")
	@exec sh revivatech/bootstrap.sh run --with-parent $(ARGS)

setup: ## prepare everything and start nothing
	@exec sh revivatech/bootstrap.sh setup

test: ## prepare everything and run every test (ARGS="-- tests/run -k postgres" for some of them)
	@exec sh revivatech/bootstrap.sh test $(ARGS)

lint: ## style, types and import contracts
	@exec sh revivatech/bootstrap.sh lint

lock: ## renew the locked dependencies (ARGS=--upgrade for newer versions)
	@exec sh revivatech/bootstrap.sh lock $(ARGS)

bench: ## measure, and compare with the stored figures
	@exec sh revivatech/bootstrap.sh bench $(ARGS)

chaos: ## the long form of the tests that kill processes
	@exec sh revivatech/bootstrap.sh chaos $(ARGS)

demo: ## lay out the demo shop in the database
	@exec sh revivatech/bootstrap.sh demo

clean: ## remove what running left (the database too); what set-up made stays
	@exec sh revivatech/bootstrap.sh clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / — /'
