package oauth

import "slices"

// The scopes of the 1EdTech interfaces (CLR 2.0 and Open Badges 3.0, API).
//
// Deviation: the two profile scopes of CLR are in no public document; they are formed like those of Open Badges.
const (
	clrScopes = "https://purl.imsglobal.org/spec/clr/v2p0/scope/"
	obScopes  = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"

	ReadCLR          = clrScopes + "credential.readonly"
	WriteCLR         = clrScopes + "credential.upsert"
	ReadCLRProfile   = clrScopes + "profile.readonly"
	WriteCLRProfile  = clrScopes + "profile.update"
	ReadBadges       = obScopes + "credential.readonly"
	WriteBadges      = obScopes + "credential.upsert"
	ReadBadgeProfile = obScopes + "profile.readonly"
	PutBadgeProfile  = obScopes + "profile.update"
	OfflineAccess    = "offline_access" // asks for a refresh token
)

// A Scope is one thing that a program may ask for.
type Scope struct {
	ID  string // on the wire
	Key string // of the sentence that tells a person what it means
	// Says is the sentence of the service description, for programs' authors.
	Says string
}

// Scopes lists every scope, in the order in which people read them.
var Scopes = []Scope{
	{ReadCLR, "read-records", "Read the learner's comprehensive learner records."},
	{ReadBadges, "read-badges", "Read the learner's achievement credentials."},
	{WriteCLR, "write-records", "Add comprehensive learner records to the learner's."},
	{WriteBadges, "write-badges", "Add achievement credentials to the learner's."},
	{ReadCLRProfile, "read-profile", "Read the learner's profile."},
	{ReadBadgeProfile, "read-profile", "Read the learner's profile."},
	{WriteCLRProfile, "write-profile", "Replace the learner's profile."},
	{PutBadgeProfile, "write-profile", "Replace the learner's profile."},
	{OfflineAccess, "offline", "Stay connected after the learner has gone."},
}

// known reports whether a scope is one of ours.
func known(id string) bool {
	return slices.ContainsFunc(Scopes, func(s Scope) bool { return s.ID == id })
}

// Keys turns scopes into what people read, in the order of Scopes, each once.
func Keys(ids []string) []string {
	var out []string
	for _, s := range Scopes {
		if slices.Contains(ids, s.ID) && !slices.Contains(out, s.Key) {
			out = append(out, s.Key)
		}
	}
	return out
}
