// Package schema checks JSON against the classes of CLR 2.0 and Open Badges 3.0, and against foreign JSON Schemas
// (drafts 2019-09 and 2020-12, as the VC JSON Schema Specification uses them).
//
// The rules of the document:
//
//   - The classes are tables of our own (classes.go), restated from the standard's data model. Their verdict equals that
//     of the JSON Schemas that 1EdTech publishes; a test holds the two against each other.
//   - 1EdTech publishes a strict family and a tolerant one. The tolerant one also takes a single value for an array and a
//     language map for a text. What only the strict form refuses is a Problem with Warning set, so that one pass gives
//     both verdicts.
//   - Nothing is fetched: foreign schemas are handed in, and references out of them do not resolve.
package schema

import (
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// Problem is a departure from a schema.
type Problem struct {
	Pointer string // JSON pointer to the value at fault, or to the object that lacks one
	Code    string // stable: required, kind, single-value, language-map, value, format, unknown-member, too-few, context, type-missing, more
	Message string // one plain sentence
	Warning bool   // only the strict form refuses it
}

// CodeMore is the code of the last problem when Check stopped at MaxProblems.
const CodeMore = "more"

// Class names a table of classes.go.
type Class string

// Classes that whole documents are checked against. Those ending in 11 are the VC 1.1 forms of the same.
const (
	ClrCredential            Class = "ClrCredential"
	ClrCredential11          Class = "ClrCredential11"
	AchievementCredential    Class = "AchievementCredential"
	AchievementCredential11  Class = "AchievementCredential11"
	EndorsementCredential    Class = "EndorsementCredential"
	EndorsementCredential11  Class = "EndorsementCredential11"
	VerifiableCredential     Class = "VerifiableCredential"
	VerifiableCredential11   Class = "VerifiableCredential11"
	Profile                  Class = "Profile"
	GetClrCredentials        Class = "GetClrCredentialsResponse"
	GetOpenBadgeCredentials  Class = "GetOpenBadgeCredentialsResponse"
	StatusInfo               Class = "Imsx_StatusInfo"
	AnyAchievementCredential Class = "AnyAchievementCredential" // either model
)

// contextV1 is the first @context of VC 1.1.
const contextV1 = "https://www.w3.org/2018/credentials/v1"

// ClassOf chooses the class of a credential by its types and its model. Credentials that are neither of CLR nor of Open
// Badges have none.
func ClassOf(v ijson.Value) (Class, bool) {
	var class Class
	for _, t := range v.Get("type").Each() {
		switch t.Text() {
		case "ClrCredential":
			class = ClrCredential
		case "AchievementCredential", "OpenBadgeCredential":
			class = AchievementCredential
		case "EndorsementCredential":
			class = EndorsementCredential
		}
	}
	if class == "" {
		return "", false
	}
	if first := v.Get("@context").Index(0); first.Text() == contextV1 || v.Get("@context").Text() == contextV1 {
		class += "11"
	}
	return class, true
}

// ByURL gives the class of a schema that 1EdTech publishes, in any of the places it is known by.
func ByURL(url string) (Class, bool) {
	const host = "https://purl.imsglobal.org/spec/"
	rest, ok := strings.CutPrefix(url, host)
	if !ok {
		return "", false
	}
	for _, folder := range []string{"clr/v2p0/schema/json/", "clr/v2p0/schema/jsonld/", "clr/v2p0/schema/json-ld/",
		"ob/v3p0/schema/json/", "ob/v3p0/schema/jsonld/", "ob/v3p0/schema/json-ld/"} {
		if file, ok := strings.CutPrefix(rest, folder); ok {
			class, ok := published[file]
			return class, ok
		}
	}
	return "", false
}

// published are the file names of 1EdTech's schemas. A credential of VC 1.1 names the same URL that now serves the schema
// for VC 2.0, so each stands for both models.
var published = map[string]Class{
	"clr_v2p0_clrcredential_schema.json":                  AnyClrCredential,
	"clr_v2p0_anyclrcredential_schema.json":               AnyClrCredential,
	"clr_v2p0_achievementcredential_schema.json":          AnyAchievementCredential,
	"clr_v2p0_endorsementcredential_schema.json":          AnyEndorsementCredential,
	"clr_v2p0_profile_schema.json":                        Profile,
	"clr_v2p0_getclrcredentialsresponse_schema.json":      GetClrCredentials,
	"clr_v2p0_imsx_statusinfo_schema.json":                StatusInfo,
	"ob_v3p0_achievementcredential_schema.json":           AnyAchievementCredential,
	"ob_v3p0_anyachievementcredential_schema.json":        AnyAchievementCredential,
	"ob_v3p0_endorsementcredential_schema.json":           AnyEndorsementCredential,
	"ob_v3p0_anyendorsementcredential_schema.json":        AnyEndorsementCredential,
	"ob_v3p0_profile_schema.json":                         Profile,
	"ob_v3p0_getopenbadgecredentialsresponse_schema.json": GetOpenBadgeCredentials,
	"ob_v3p0_imsx_statusinfo_schema.json":                 StatusInfo,
}

// Any classes take either model of the VC Data Model. For CLR and endorsements 1EdTech's schema of that name is in no
// public place; ours is made as the one for achievements is.
const (
	AnyClrCredential         Class = "AnyClrCredential"
	AnyEndorsementCredential Class = "AnyEndorsementCredential"
)

// anyOf are the classes that an Any class takes.
var anyOf = map[Class][2]Class{
	AnyClrCredential:         {ClrCredential, ClrCredential11},
	AnyAchievementCredential: {AchievementCredential, AchievementCredential11},
	AnyEndorsementCredential: {EndorsementCredential, EndorsementCredential11},
}

// Check holds a value against a class. Problems that are not warnings mean that the published schema refuses the value;
// warnings, that its strict form does. After MaxProblems it stops, and says so with CodeMore. A class without a table is a mistake of the caller and panics.
func Check(v ijson.Value, class Class) []Problem {
	pair, ok := anyOf[class]
	if !ok {
		return checkTable(v, class)
	}
	first := 0
	if v.Get("@context").Index(0).Text() == contextV1 {
		first = 1
	}
	problems := checkTable(v, pair[first])
	if Refuses(problems) {
		if other := checkTable(v, pair[1-first]); !Refuses(other) {
			return other
		}
	}
	return problems
}

// Includes reports whether every value that the class other takes is taken by the class: because it is the same, or is an
// Any class for it.
func (c Class) Includes(other Class) bool {
	pair := anyOf[c]
	return c == other || other != "" && (pair[0] == other || pair[1] == other)
}

// Refuses tells whether a problem among these is more than a warning.
func Refuses(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

func checkTable(v ijson.Value, name Class) []Problem {
	c := compiled()[name]
	if c == nil {
		panic("schema: no class " + string(name))
	}
	var k checker
	k.object(v, c)
	return k.problems
}
