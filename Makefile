# Two commands for a newcomer: make demo, make test. Both set themselves up in .venv.
PYTHON ?= python3
BIN := .venv/bin
export PREUVE_DATA ?= $(shell test -d ../shared/data && cd ../shared/data && pwd)
ifeq ($(PREUVE_DATA),)
unexport PREUVE_DATA
endif

.PHONY: demo test lint types docs benchmark validate pictures models translations constraints clean

demo: .venv/demo.ready
	$(BIN)/preuve demo --into build/demo

test: .venv/test.ready
	sh scripts/system_packages.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist worksteal
	$(BIN)/mkdocs build --quiet --strict --site-dir build/site

docs: .venv/test.ready
	$(BIN)/mkdocs serve

benchmark: .venv/test.ready
	$(BIN)/python benchmarks/run.py

validate: .venv/test.ready
	$(BIN)/python scripts/validate.py
	$(BIN)/preuve twin validate --into docs

models: .venv/test.ready
	$(BIN)/pip install --quiet torch lightgbm
	$(BIN)/python scripts/train_ecg_readers.py
	$(BIN)/python scripts/train_heart_disease.py

pictures: .venv/test.ready
	$(BIN)/preuve --lang en demo --into build/demo
	$(BIN)/python scripts/pictures.py

translations: .venv/test.ready
	$(BIN)/python scripts/translations.py update

constraints: .venv/test.ready
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --extra demo pyproject.toml constraints/build.in -o constraints/demo.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --extra test --extra docs pyproject.toml constraints/build.in -o constraints/test.txt

.venv/%.ready: constraints/%.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv build site
	find src -name '*.nb[ic]' -delete
