"""The export: valid by its schema, complete, and refused by the schema where something is missing."""

from __future__ import annotations

import json
from typing import Any, Literal

import jsonschema
import pytest

from statuary.conformance.client.scenario_files import packaged as for_clients
from statuary.conformance.intermediary.scenario_files import packaged as for_intermediaries
from statuary.conformance.scenario_export import export, export_for_clients, export_for_intermediaries, schema
from statuary.conformance.scenario_files import packaged, read_scenarios

SCHEMA = json.loads(schema())


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_all_scenarios_are_exported_as_the_schema_says() -> None:
    value = json.loads(export(packaged()))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    assert [one["id"] for one in value["scenarios"]] == [one.id for one in packaged()]


@pytest.mark.parametrize("kind", ["client", "intermediary"])
def test_those_for_others_are_exported_as_their_schema_says(kind: Literal["client", "intermediary"]) -> None:
    clients = export_for_clients(for_clients())
    value = json.loads(clients if kind == "client" else export_for_intermediaries(for_intermediaries()))
    validator = jsonschema.Draft202012Validator(json.loads(schema(kind)))
    validator.check_schema(validator.schema)
    validator.validate(value)
    assert len(value["scenarios"]) == len(for_clients() if kind == "client" else for_intermediaries())
    for scenario in value["scenarios"]:
        assert set(scenario["needs"]) <= value["abilities"].keys()
        for outcome in scenario["outcomes"]:
            assert outcome["breaks"] is None or outcome["breaks"] in value["requirements"]
            assert set(outcome["holds"]) <= value["judgements"].keys()
    del value["scenarios"][0]["serve"]
    assert not validator.is_valid(value)


def test_what_scenarios_name_is_there() -> None:
    value = json.loads(export(packaged()))
    for scenario in value["scenarios"]:
        assert set(scenario["shows"]) <= value["requirements"].keys()
        for step in scenario["steps"]:
            for answer in step["answers"]:
                assert answer["breaks"] is None or answer["breaks"] in value["requirements"]
                assert set(answer["holds"]) <= value["judgements"].keys()


SMALL = r"""
[[scenario]]
id = "a.b"
title = "t"
shows = ["rfc9110-15.3.1-1"]
steps = [
  { send = "{meets.402} | A: b", answers = [402] },
  { raw = "GET / HTTP/1.1\r\n\r\n", half_close = true, keep = { tag = "ETag" } },
]
send = ["PUT {file} HTTP/1.0 | If-Match: {tag} || content", "GET /"]
answers = [{ status = [200, "4xx"], fields = { A = "/b/" }, end = "closed", why = "w" }]
"""


def exported() -> Any:
    return json.loads(export(read_scenarios(SMALL, "f")))


def test_shorthands_are_expanded() -> None:
    first, second, last = exported()["scenarios"][0]["steps"]
    assert first["send"] == [{"as": "meets.402", "fields": [["A", "b"]], "content": None}]
    assert second["raw"] == ["GET / HTTP/1.1\r\n\r\n"]
    assert last["send"][0] == {
        "method": "PUT",
        "target": "{file}",
        "version": "HTTP/1.0",
        "fields": [["If-Match", "{tag}"]],
        "content": "content",
    }
    assert last["answers"][0]["status"] == ["200", "4xx"]


@pytest.mark.parametrize("path", ["id", "steps", "astray"])
def test_what_lacks_something_is_refused(path: str) -> None:
    value = exported()
    del value["scenarios"][0][path]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(value)
