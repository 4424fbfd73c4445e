package export

// Format is one row of the table of formats.
type Format struct {
	Name  string // for --to
	Label string // for people
	write func(w *writer) ([]File, error)
}

// Formats is the table of formats.
var Formats = []Format{
	{"lerrs", "HR Open LER-RS 4.4 (learning and employment record, résumé)", writeLERRS},
	{"jsonresume", "JSON Resume 1.x", writeJSONResume},
	{"elm", "European Learning Model v3, unsigned, for the issuer tool of the EU", writeELM},
	{"schemaorg", "Schema.org JSON-LD of achievements", writeSchemaOrg},
	{"csv", "Laurel's own spreadsheet template (CSV)", writeCSV},
}

// Names lists the formats by name.
func Names() []string {
	out := make([]string, len(Formats))
	for i, f := range Formats {
		out[i] = f.Name
	}
	return out
}
