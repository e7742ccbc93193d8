"""Bytes to model and back: YAML policy files, JSON requests and answers, JSON Schema, the content-keyed cache.

Here: `yaml_tree.py` (YAML with places), `policy_shapes.py` (the form of the files, Pydantic), `policy_files.py` (files to
model, with every fault), `criteria_files.py`, `requests.py` and `answers.py` (JSON), `model_json.py`, `library_files.py`
(directories and the cache), `schemas.py`. May import `library` and below. Only here, and in `authoring`, are Pydantic and
YAML known. Start with `policy_files.py`.
"""
