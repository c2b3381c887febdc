"""The examples of docs/openapi.yaml: each operation has them, and each is what its schema says."""
import jsonschema
from contract import BASE, FORMATS, Contract, Operation


def wrong_examples(contract: Contract):
    for operation in contract.operations:
        yield from (f"{operation.id}: {fault}" for place in _places(contract, operation) for fault in _faults(contract, *place))


def _places(contract: Contract, operation: Operation):
    """Of an operation: the name of each place where an example should stand, the media type or parameter, and the pointer to its schema."""
    pointer = f"/paths/{operation.path.replace('/', '~1')}/{operation.method.lower()}"
    for kind, media in operation.text.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            yield "the body", media, f"{pointer}/requestBody/content/application~1json/schema"
    for status in operation.text["responses"]:
        at, response = contract.response(operation, status)
        for kind, media in response.get("content", {}).items():
            yield f"the answer {status}", media, f"{at}/content/{kind.replace('/', '~1')}/schema"


def _faults(contract: Contract, name: str, media: dict, pointer: str):
    if "example" not in media:
        yield f"{name} has no example"
        return
    validator = jsonschema.Draft202012Validator({"$ref": f"{BASE}#{pointer}"}, registry=contract.registry, format_checker=FORMATS)
    for error in validator.iter_errors(media["example"]):
        yield f"the example of {name}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def wrong_parameter_examples(contract: Contract):
    for operation in contract.operations:
        for parameter in (one for one in operation.parameters if "example" in one):
            validator = jsonschema.Draft202012Validator(parameter["schema"] | {"$id": BASE + ":parameter"}, registry=contract.registry, format_checker=FORMATS)
            yield from (f"{operation.id}: the example of {parameter['name']}: {error.message}" for error in validator.iter_errors(parameter["example"]))
