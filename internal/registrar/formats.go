package registrar

import "github.com/openlaurel/laurel/internal/roster"

// Formats names the formats that an import may have, as ImportRequest.Format takes them.
func Formats() []string {
	out := make([]string, len(roster.Formats))
	for i, f := range roster.Formats {
		out[i] = f.Name
	}
	return out
}
