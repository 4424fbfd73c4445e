package verify

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
)

// hostile builds inputs of up to hostileSize bytes, each made to cost as much as its kind can.
func hostile(t testing.TB, hostileSize int) map[string]hostileInput {
	t.Helper()
	north := newInstitution(t, "north.example")
	fill := func(head, unit, tail string) string { // the unit, as often as it fits
		n := (hostileSize - len(head) - len(tail)) / (len(unit) + 1)
		return head + strings.TrimSuffix(strings.Repeat(unit+",", n), ",") + tail
	}
	numbered := func(head, unit, tail string) string { // the unit with its number, as often as it fits
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < hostileSize-len(tail)-len(unit)-20; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, unit, i)
		}
		return b.String() + tail
	}
	badge := north.badge(t, "a", alice)
	open := strings.TrimSuffix(strings.TrimSpace(unsigned(t, badge)), "}")
	proof := `"proof":` + strings.TrimSuffix(badge[strings.LastIndex(badge, `"proof":`)+len(`"proof":`):], "}")
	one := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(proof, `"proof":`), "["), "]")
	record := unsigned(t, north.record(t, alice, []string{"{}"}))
	recordHead, recordTail, _ := strings.Cut(record, "{}")
	recordTail = strings.TrimSuffix(recordTail, "}")
	subject := strings.Index(open, `"result":`)
	poison := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `{"id":"_:b%d","type":["Evidence"],"https://x.example/p":[{"id":"_:b%d"},{"id":"_:b%d"}]},`, i, (i+1)%n, (i+n/2)%n)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	bomb := func() string { // 64 MiB of nothing
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		for range 64 {
			_, _ = w.Write(make([]byte, 1<<20)) // into memory
		}
		_ = w.Close()
		return "u" + base64.RawURLEncoding.EncodeToString(z.Bytes())
	}
	list := strings.Replace(north.sign(t, `{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": "https://north.example/status/bomb", "type": ["VerifiableCredential", "BitstringStatusListCredential"],
	"issuer": "`+north.id+`", "validFrom": "2026-05-01T00:00:00Z", "credentialSubject": {"id": "https://north.example/status/bomb#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": "`+bomb()+`"}}`), "\n", " ", -1)
	withList := fetch.Static{"https://north.example/status/bomb": []byte(list), "https://north.example/.well-known/did.json": north.docs["https://north.example/.well-known/did.json"]}
	return map[string]hostileInput{
		"deep lists":          {doc: strings.Repeat("[", hostileSize/2) + strings.Repeat("]", hostileSize/2)},
		"deep objects":        {doc: strings.Repeat(`{"a":`, hostileSize/6) + "1" + strings.Repeat("}", hostileSize/6)},
		"tiny objects":        {doc: fill(open+`,"evidence":[`, `{}`, `],`+proof+`}`)},
		"tiny nodes":          {doc: fill(open+`,"evidence":[`, `{"type":["Evidence"]}`, `],`+proof+`}`)},
		"named nodes":         {doc: numbered(open+`,"evidence":[`, `{"id":"urn:x:%d","type":["Evidence"]}`, `],`+proof+`}`)},
		"unlike blank nodes":  {doc: numbered(open+`,"evidence":[`, `{"type":["Evidence"],"name":"%d"}`, `],`+proof+`}`)},
		"poison of 12":        {doc: open + `,"evidence":[` + poison(12) + `],` + proof + `}`},
		"poison of 500":       {doc: open + `,"evidence":[` + poison(500) + `],` + proof + `}`},
		"poison of 8000":      {doc: open + `,"evidence":[` + poison(8000) + `],` + proof + `}`},
		"undefined terms":     {doc: numbered(open+",", `"undefined%d":1`, `,`+proof+`}`)},
		"numbers":             {doc: fill(open+`,"evidence":[{"name":[`, `1.1e-7`, `]}],`+proof+`}`)},
		"one huge text":       {doc: open + `,"description":"` + strings.Repeat(`\u00e9`, hostileSize/6-1000) + `",` + proof + `}`},
		"huge text in a list": {doc: open[:subject] + `"narrative":"` + strings.Repeat("x", hostileSize-10000) + `",` + open[subject:] + `,` + proof + `}`},
		"many proofs":         {doc: fill(open+`,"proof":[`, one, `]}`)},
		"64 proofs":           {doc: open + `,"description":"` + strings.Repeat("x", hostileSize/2) + `","proof":[` + strings.TrimSuffix(strings.Repeat(one+",", 64), ",") + `]}`},
		"badges":              {doc: fill(recordHead, badge, recordTail+`,`+proof+`}`)},
		"empty credentials":   {doc: fill(recordHead, `{"type":["VerifiableCredential"]}`, recordTail+`,`+proof+`}`)},
		"empty objects":       {doc: fill(recordHead, `{}`, recordTail+`,`+proof+`}`)},
		"endorsements":        {doc: fill(open+`,"endorsement":[`, `{"type":["VerifiableCredential","EndorsementCredential"]}`, `],`+proof+`}`)},
		"token endorsements":  {doc: fill(open+`,"endorsementJwt":[`, `"e30.e30.e30"`, `],`+proof+`}`)},
		"associations":        {doc: numbered(strings.Replace(recordHead, `"verifiableCredential": [`, `"association":[`, 1), `{"type":"Association","associationType":"isChildOf","sourceId":"urn:%d","targetId":"urn:y"}`, `],"verifiableCredential":[`+badge+`]`+strings.TrimPrefix(recordTail, "]")+`,`+proof+`}`)},
		"equal contexts":      {doc: fill(`{"@context":["https://www.w3.org/ns/credentials/v2",`, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`, `],"type":["VerifiableCredential"],`+proof+`}`)},
		"inline context":      {doc: numbered(`{"@context":["https://www.w3.org/ns/credentials/v2",{`, `"t%d":"https://x.example/t"`, `}],"type":["VerifiableCredential"],"issuer":"`+north.id+`","credentialSubject":{"id":"urn:x:1"},`+proof+`}`)},
		"scoped contexts":     {doc: fill(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"`+north.id+`","credentialSubject":[`, `{"@context":{"a":"urn:a:b"},"a":1}`, `],`+proof+`}`)},
		"chained terms":       {doc: numbered(`{"@context":["https://www.w3.org/ns/credentials/v2",{`, `"t%[1]d":{"@id":"t%[1]d0:x"}`, `}],"type":["VerifiableCredential"],"issuer":"`+north.id+`","credentialSubject":{"id":"urn:x:1"},`+proof+`}`)},
		"status entries":      {doc: numbered(open+`,"credentialStatus":[`, `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"%[1]d","statusListCredential":"https://north.example/status/%[1]d"}`, `],`+proof+`}`)},
		"status bomb":         {doc: north.badge(t, "s", alice, `"name": "Algebra",`+"\n\t"+`"issuer"`, north.statusEntry(8, "bomb")+`: "Algebra", "issuer"`, `"statusPurpose": "bomb"`, `"statusPurpose": "revocation"`), docs: withList},
		"token of dots":       {doc: strings.Repeat(".", hostileSize)},
		"token of parts":      {doc: strings.Repeat("e30.", hostileSize/4)},
		"token, huge header":  {doc: base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","x":"`+strings.Repeat("x", hostileSize*3/4-100)+`"}`)) + ".e30.AA"},
		"token, huge payload": {doc: north.jwt(t, `{"a":[`+strings.TrimSuffix(strings.Repeat("{},", hostileSize/4), ",")+`]}`)},
		"disclosures":         {doc: north.jwt(t, `{"_sd":[]}`) + strings.Repeat("~WyJhIiwiYiIsMV0", hostileSize/17) + "~"},
		"PNG of chunks":       {doc: "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x00\x00\x00tEXt\x00\x00\x00\x00", hostileSize/12-2)},
		"SVG of elements":     {doc: "<svg xmlns=\"http://www.w3.org/2000/svg\">" + strings.Repeat("<a>", hostileSize/4)},
		"SVG of entities":     {doc: `<!DOCTYPE svg [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 1000) + `">]><svg xmlns="http://www.w3.org/2000/svg">` + strings.Repeat("&b;", 1000) + `</svg>`},
		"PDF of whole table":  {doc: pdfOfObjects(hostileSize)},
		"PDF of objects":      {doc: "%PDF-1.7\n" + strings.Repeat("1 0 obj<</Type/EmbeddedFile/Length 9>>stream\nendstream endobj\n", hostileSize/64)},
		"white space":         {doc: strings.Repeat(" ", hostileSize)},
		"zeroes":              {doc: strings.Repeat("\x00", hostileSize)},
	}
}

// pdfOfObjects is a PDF whose table of objects is in order, with as many objects as are let through.
func pdfOfObjects(size int) string {
	var b, table strings.Builder
	b.WriteString("%PDF-1.7\n")
	const each = len("0000000000 00000 n 1000 0 obj<</EmbeddedFiles 1000 0 R>>_endobj_")
	fmt.Fprintf(&b, "%%%s\n", strings.Repeat("x", max(0, size-each*max(4096, size/152))))
	n := max(4096, size/152) - 2
	fmt.Fprintf(&table, "xref\n0 %d\n0000000000 65535 f \n", n+1)
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		body := "<</Type/Catalog/Names 2 0 R>>"
		if i > 1 {
			body = "<</EmbeddedFiles " + fmt.Sprint(i) + " 0 R>>"
		}
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i, body)
	}
	at := b.Len()
	return b.String() + table.String() + fmt.Sprintf("trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", n+1, at)
}

type hostileInput struct {
	doc  string
	docs fetch.Static
}

func (h hostileInput) judge(t testing.TB) *Report {
	t.Helper()
	docs := h.docs
	if docs == nil {
		docs = newInstitution(t, "north.example").docs
	}
	return Verify(t.Context(), []byte(h.doc), &Options{Fetcher: docs, Now: day})
}

const (
	// hostileTestSize keeps the test short; the work has to grow no faster than the input.
	hostileTestSize = 256 << 10
	// maxHostileAllocation bounds what judging one such input may allocate in all, freed or not, for each byte of it: a
	// count, which does not depend on how busy the machine is. The costliest take 130 under the race detector; what
	// grows faster than the input takes thousands.
	maxHostileAllocation = 192
)

// allowedHostile are the inputs that may allocate more: the PDF library makes a reader of its own for each object, and
// drops it at once; the status list has its own limit, whatever the size of the input.
var allowedHostile = map[string]uint64{"PDF of whole table": 256, "status bomb": 512}

// TestHostile: no hostile input is verified, none makes a long report, and none allocates beyond the bound.
func TestHostile(t *testing.T) {
	panicDetail = func(v any, stack []byte) { t.Errorf("panic: %v\n%s", v, stack) }
	defer func() { panicDetail = nil }()
	for name, input := range hostile(t, hostileTestSize) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := input.judge(t)
		runtime.ReadMemStats(&after)
		if r.Verdict == Verified {
			t.Errorf("%s: verified", name)
		}
		checkReport(t, r, "")
		perByte := (after.TotalAlloc - before.TotalAlloc) / hostileTestSize
		t.Logf("%4d bytes for each: %s", perByte, name)
		if most := cmp.Or(allowedHostile[name], maxHostileAllocation); perByte > most {
			t.Errorf("%s: %d bytes allocated for each byte of the input, more than %d", name, perByte, most)
		}
		if len(r.Findings) > 1000 {
			t.Errorf("%s: %d findings", name, len(r.Findings))
		}
	}
}

// BenchmarkHostile measures each, in processor time, which does not depend on how busy the machine is:
// go test ./verify -bench Hostile -benchtime 3x -cpu 1 -run '^$'.
func BenchmarkHostile(b *testing.B) {
	for name, input := range hostile(b, 1<<20) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				input.judge(b)
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime is what this process has used of the processors.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
