package statuslist_test

import (
	"errors"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/statuslist"
)

// Whatever an entry, a list and a revocation list say, reading them gives one of them or an error, an entry that was read
// is looked up within its list or refused, and the size of an entry stays within its bounds.
func FuzzParse(f *testing.F) {
	entry := `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"7","statusListCredential":"https://x.example/1"}`
	list := `{"type":["VerifiableCredential","BitstringStatusListCredential"],"credentialSubject":{"type":"BitstringStatusList","statusPurpose":["revocation"],"ttl":1000,"encodedList":"` + statuslist.Encode(make([]byte, 64)) + `"}}`
	f.Add(entry, list)
	f.Add(`{"type":"StatusList2021Entry","statusPurpose":"suspension","statusListIndex":23,"statusListCredential":"https://x.example/1","statusSize":2}`, `{"credentialSubject":{"encodedList":"H4sI"}}`)
	f.Add(`{"type":"1EdTechRevocationList","id":"https://x.example/r"}`, `{"id":"https://x.example/r","issuer":{"id":"x"},"revokedCredential":{"id":"urn:x","revoked":false}}`)
	f.Fuzz(func(t *testing.T, entry, list string) {
		a, err := ijson.Parse([]byte(entry), nil)
		if err != nil {
			return
		}
		b, err := ijson.Parse([]byte(list), nil)
		if err != nil {
			return
		}
		e, err := statuslist.ParseEntry(a.Root())
		var se *statuslist.Error
		if (e == nil) == (err == nil) || err != nil && !errors.As(err, &se) {
			t.Fatalf("an entry gives %v and %v", e, err)
		}
		if e != nil && (e.ListURL == "" || e.Size < 1 || e.Size > statuslist.MaxStatusSize) {
			t.Fatalf("%+v was read from %s", e, entry)
		}
		if r, err := statuslist.ParseRevocations(b.Root()); (r == nil) == (err == nil) {
			t.Fatalf("a revocation list gives %v and %v", r, err)
		}
		l, err := statuslist.ParseList(b.Root())
		if (l == nil) == (err == nil) {
			t.Fatalf("a list gives %v and %v", l, err)
		}
		if l == nil || e == nil {
			return
		}
		if s, err := l.Status(e); err == nil && (e.Index+1)*uint64(e.Size) > s.Entries*uint64(e.Size) {
			t.Fatalf("entry %d of %d has the value %d", e.Index, s.Entries, s.Value)
		}
	})
}
