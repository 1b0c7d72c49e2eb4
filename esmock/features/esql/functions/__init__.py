"""The functions and operators of ES|QL by family. Docs: esql-functions-operators."""
