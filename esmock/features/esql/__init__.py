"""ES|QL: queries in a language of piped commands, computed column by column. Docs: esql-language."""
