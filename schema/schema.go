// Package schema checks JSON against the classes of CLR 2.0 and Open Badges 3.0, and against foreign JSON Schemas
// (drafts 2019-09 and 2020-12, as VC JSON Schema Specification uses them).
//
// The classes are tables of our own, restated from the standard's data model. Their verdict equals that of the JSON
// Schemas that 1EdTech publishes; a test holds the two against each other.
package schema

import "github.com/openlaurel/laurel/ijson"

// Problem is a departure from a schema.
type Problem struct {
	Pointer string // JSON pointer to the value at fault
	Code    string // stable, kebab-case: "required", "type", "enum", …
	Message string // one plain sentence
	Warning bool   // only the strict form refuses it: JSON-LD compaction or a language map
}

// Class names a table.
type Class string

// Classes that a document can be checked against.
const (
	ClrCredential         Class = "ClrCredential"
	AchievementCredential Class = "AchievementCredential"
	EndorsementCredential Class = "EndorsementCredential"
	Profile               Class = "Profile"
)

// Check holds a value against a class. Problems that are not warnings mean that the published schema refuses the value.
func Check(v ijson.Value, class Class) []Problem {
	return nil
}
