package verify

// A check is one row of the standard's verification procedure.
type check struct {
	id  string
	run func(*credential)
}

// standard is every check, in the order of "Verification" in CLR 2.0 and Open Badges 3.0. A check may rely on what the
// ones before it found: above all, nothing but the issuer's own keys is fetched before the seal was found intact. The
// format check ran when the document was opened.
var standard = append(beforeRefresh[:len(beforeRefresh):len(beforeRefresh)], afterRefresh...)

var beforeRefresh = []check{
	{"context", checkContext},
	{"schema", checkSchema},
	{"proof", checkProof},
	{"issuer", checkIssuer},
}

var afterRefresh = []check{
	{"refresh", checkRefresh},
	{"schema", checkOwnSchema},
	{"subject", checkSubject},
	{"result", checkResult},
	{"association", checkAssociation},
	{"status", checkStatus},
	{"validity", checkValidity},
	{"history", checkHistory},
	{"endorsement", checkEndorsement},
	{"nested", checkNested},
	{"recipient", checkRecipient},
	{"trust", checkTrust},
}

// reading is the order in which a report tells its findings: what it is, whether it is whole, whose it is, what
// happened since, what is in it.
var reading = []string{"format", "context", "schema", "subject", "result", "association", "proof", "issuer", "refresh",
	"status", "validity", "history", "endorsement", "nested", "recipient", "trust"}
