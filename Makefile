.PHONY: demo test check serve build
demo test check serve build:
	python3 run.py $@
