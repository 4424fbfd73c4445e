package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"
	"github.com/piprate/json-gold/ld"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
	"github.com/openlaurel/laurel/verify"
)

// The peers are jsonld.js 9 with rdf-canonize 5 and Digital Bazaar's vc 7 and cryptosuites, under Node.js, and json-gold
// 0.9 in this process. testdata/peers pins them; scripts/test installs them.

var peerDay = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type (
	peerCase struct {
		ID   string `json:"id"`
		Text string `json:"text"`
		Now  string `json:"now"`
	}
	peerOrder struct {
		ID         string          `json:"id"`
		Credential json.RawMessage `json:"credential"`
		Suite      string          `json:"suite"`
	}
	peerVerdict struct {
		Verified  bool   `json:"verified"`
		Canonical string `json:"canonical"` // SHA-256 of the canonical N-Quads without the proof
		Error     string `json:"error"`
	}
	peerAnswer struct {
		Verdicts map[string]peerVerdict                  `json:"verdicts"`
		Secured  map[string]struct{ Text, Error string } `json:"secured"`
	}
)

// askPeers runs the Node.js peers once for a batch.
func askPeers(t *testing.T, cases []peerCase, orders []peerOrder) peerAnswer {
	t.Helper()
	dir := filepath.Join("testdata", "peers")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "jsonld")); err != nil {
		absent(t, "no peers: run npm ci in verify/testdata/peers")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		absent(t, "no Node.js")
	}
	in, err := json.Marshal(map[string]any{"contexts": publishedContexts(t), "verify": cases, "sign": orders})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "peers.mjs")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var answer peerAnswer
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v\n%.500s", err, out)
	}
	return answer
}

func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why + " (CI=true does not allow skipping)")
	}
	t.Skip("SKIP: " + why)
}

// publishedContexts are the contexts as their publishers wrote them, by URL: the peers do not use ours.
func publishedContexts(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{}
	index, err := ijson.Parse(vectors.Spec(t, "contexts/index.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for c := range index.Root().Get("contexts").Elements() {
		if !c.Get("url").IsString() {
			continue
		}
		doc := json.RawMessage(vectors.Spec(t, "contexts/"+c.Get("file").Text()))
		out[c.Get("url").Text()] = doc
		for alias := range c.Get("aliases").Elements() {
			out[alias.Text()] = doc
		}
	}
	return out
}

// canonicalHash is ours: the hash of the canonical N-Quads of a document without its proof, or "" where it has none.
func canonicalHash(t testing.TB, text string) string {
	t.Helper()
	doc, err := ijson.Parse([]byte(text), nil)
	if err != nil {
		return ""
	}
	r, err := jsonld.ToRDF(doc.Root(), &jsonld.Options{OmitTopLevel: []string{"proof"}})
	if err != nil || len(r.Dropped) > 0 {
		return ""
	}
	c, err := r.Dataset.Canonicalize(nil)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(c.Sum(crypto.SHA256))
}

// A sealer signs as one did:key in one suite.
type sealer struct {
	suite, did string
	signer     crypto.Signer
}

func sealers(t testing.TB) []sealer {
	t.Helper()
	seed := sha256.Sum256([]byte("peers"))
	ed := ed25519.NewKeyFromSeed(seed[:])
	curve := func(c elliptic.Curve, n int) *ecdsa.PrivateKey {
		scalar := bytes.Repeat(seed[:], 2)[:n]
		scalar[0] = 1 // below the order of every curve
		k, err := ecdsa.ParseRawPrivateKey(c, scalar)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	p256, p384 := curve(elliptic.P256(), 32), curve(elliptic.P384(), 48)
	var out []sealer
	for _, s := range []struct {
		suite  string
		signer crypto.Signer
	}{
		{"eddsa-rdfc-2022", ed}, {"ecdsa-rdfc-2019", p256}, {"ecdsa-rdfc-2019", p384}, {"eddsa-jcs-2022", ed}, {"ecdsa-jcs-2019", p256}, {"ecdsa-jcs-2019", p384}, {"ecdsa-sd-2023", p256},
	} {
		out = append(out, sealer{suite: s.suite, did: did.Key(s.signer.Public()), signer: s.signer})
	}
	return out
}

// badge is a random badge that both sides can seal in the suite.
func (s sealer) badge(t testing.TB, r *rand.Rand, n int) []byte {
	t.Helper()
	return s.fit(randomBadge(t, r, s.did, n))
}

// fit takes out what keeps the peer from disclosing parts of a document: an ordered list, “_:b0” in a text, which it takes
// for a blank node, and numbers with a fraction.
func (s sealer) fit(doc []byte) []byte {
	if s.suite != "ecdsa-sd-2023" {
		return doc
	}
	for _, out := range []string{`,"allowedValue":\["F","C","B","A"\]`, `_:`, `,"geo":\{[^}]*\}`, `"creditsAvailable":[^,]*,`} {
		doc = regexp.MustCompile(out).ReplaceAll(doc, nil)
	}
	return doc
}

func (s sealer) seal(t testing.TB, doc []byte) string {
	t.Helper()
	opts := &dataintegrity.SignOptions{Suite: s.suite, Signer: s.signer, VerificationMethod: s.did + "#" + strings.TrimPrefix(s.did, "did:key:"), Created: peerDay.Add(-time.Hour)}
	if s.suite == "ecdsa-sd-2023" {
		opts.Mandatory = []string{"/issuer", "/validFrom"}
	}
	out, err := dataintegrity.Sign(doc, opts)
	if err != nil {
		t.Fatalf("%s: %v\n%s", s.suite, err, doc)
	}
	if s.suite == "ecdsa-sd-2023" {
		if out, err = dataintegrity.Derive(out, []string{"/credentialSubject", "/name"}); err != nil {
			t.Fatal(err)
		}
	}
	return string(out)
}

// TestPeersOnGenerated: what our builders write and our keys seal, two other implementations read as the same graph, and
// the one that checks seals finds them good. The first half are badges, the second half records that hold them.
func TestPeersOnGenerated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := sealers(t)
	texts := map[string]string{}
	var cases []peerCase
	for i := range 28 {
		s := all[i%len(all)]
		doc := s.badge(t, r, i)
		if i >= 14 {
			inner := func(n int) string { return all[0].seal(t, s.fit(randomBadge(t, r, all[0].did, n))) }
			doc = s.fit(randomRecord(t, r, s.did, i, inner(100+i), inner(200+i)))
		}
		c := peerCase{fmt.Sprintf("%d-%s", i, s.suite), s.seal(t, doc), peerDay.Format(time.RFC3339)}
		cases, texts[c.ID] = append(cases, c), c.Text
	}
	gold := newGold(t)
	for id, v := range askPeers(t, cases, nil).Verdicts {
		ours := verify.Verify(t.Context(), []byte(texts[id]), &verify.Options{Now: peerDay})
		if ours.Verdict != verify.Verified || !v.Verified {
			t.Errorf("%s: we say %s, the peer says %v %s\n%s\n%s", id, ours.Verdict, v.Verified, v.Error, findings(ours), texts[id])
		}
		hash := canonicalHash(t, texts[id])
		if hash == "" || hash != v.Canonical {
			t.Errorf("%s: canonical hash %q, jsonld.js has %q", id, hash, v.Canonical)
		}
		// json-gold has URDNA2015, which escapes two characters fewer than RDFC-1.0.
		plain := strings.NewReplacer("\u007f", "", `\t`, "").Replace(texts[id])
		if g, err := gold.hash(plain); err != nil || g != canonicalHash(t, plain) {
			t.Errorf("%s: canonical hash %q, json-gold has %q, %v", id, canonicalHash(t, plain), g, err)
		}
	}
	if len(texts) != 28 {
		t.Errorf("%d generated credentials, want 28", len(texts))
	}
}

// TestPeersSeals: what the peer seals, we find good.
func TestPeersSeals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var orders []peerOrder
	for i, suite := range []string{"eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-rdfc-2019-p384", "ecdsa-sd-2023", "Ed25519Signature2020"} {
		for j := range 3 {
			doc := sealer{suite: suite, did: "did:key:replaced"}.badge(t, r, 10*i+j)
			orders = append(orders, peerOrder{fmt.Sprintf("%s-%d", suite, j), doc, suite})
		}
	}
	answer := askPeers(t, nil, orders)
	for _, o := range orders {
		got := answer.Secured[o.ID]
		if got.Error != "" {
			t.Errorf("%s: the peer cannot seal it: %s\n%s", o.ID, got.Error, o.Credential)
			continue
		}
		ours := verify.Verify(t.Context(), []byte(got.Text), &verify.Options{Now: peerDay})
		// A disclosure leaves out what the holder did not show, which the schema may miss; its seal has to hold.
		sealed := slices.ContainsFunc(ours.Findings, func(f verify.Finding) bool { return f.Code == "proof.valid" })
		if !sealed || ours.Verdict != verify.Verified && !strings.HasPrefix(o.ID, "ecdsa-sd") {
			t.Errorf("%s: %s\n%s\n%s", o.ID, ours.Verdict, findings(ours), got.Text)
		}
	}
}

// TestPeersOnMutated: a changed credential gets the same answer from both, or one of the reasons in stricter. What we
// verify, the peer always verifies.
func TestPeersOnMutated(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := sealers(t)
	type mutant struct{ how, text string }
	mutants := map[string]mutant{}
	var cases []peerCase
	for i, s := range all {
		text := s.seal(t, s.badge(t, r, i))
		for _, how := range slices.Sorted(maps.Keys(mutations)) {
			changed := mutations[how](r, text)
			if changed == text {
				continue
			}
			c := peerCase{fmt.Sprintf("%d-%s-%s", i, s.suite, how), changed, peerDay.Format(time.RFC3339)}
			cases, mutants[c.ID] = append(cases, c), mutant{how, changed}
		}
	}
	reasons := map[string]int{}
	for id, peer := range askPeers(t, cases, nil).Verdicts {
		m := mutants[id]
		ours := verify.Verify(t.Context(), []byte(m.text), &verify.Options{Now: peerDay})
		switch {
		case ours.Verdict == verify.Verified && !peer.Verified:
			t.Errorf("%s: we verify it, the peer does not: %s\n%s", id, peer.Error, m.text)
		case ours.Verdict != verify.Verified && peer.Verified:
			why := reasonOf(ours)
			if why == "" {
				t.Errorf("%s: the peer verifies it, we say %s for no written reason\n%s\n%s", id, ours.Verdict, findings(ours), m.text)
			}
			reasons[why]++
		}
		if hash := canonicalHash(t, m.text); hash != peer.Canonical && !(hash == "" && reasonOf(ours) != "") {
			t.Errorf("%s: canonical hash %q, jsonld.js has %q %s\n%s", id, hash, peer.Canonical, peer.Error, m.text)
		}
	}
	if len(cases) < 150 {
		t.Errorf("%d mutants, want 150 at least", len(cases))
	}
	t.Logf("%d mutants; stricter than the peer: %v", len(cases), reasons)
}

// stricter are the codes for which we refuse what the peer, which knows nothing of learner records and reads JSON as
// JavaScript does, lets pass.
var stricter = map[string]string{
	"format.json-duplicate-name": "RFC 7493, 2.3: JSON.parse keeps the last of two members, so two readers see two records",
	"format.json-encoding":       "RFC 7493, 2.1: JSON.parse accepts half a surrogate pair, which is no Unicode text",
	"schema.invalid":             "CLR 2.0, Verification, step 5: the peer does not look at the form of a badge",
}

func reasonOf(r *verify.Report) string {
	for _, f := range r.Findings {
		if _, ok := stricter[f.Code]; ok && f.Outcome == verify.Fails {
			return f.Code
		}
	}
	return ""
}

func findings(r *verify.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		if f.Outcome == verify.Fails || f.Outcome == verify.Unknown {
			fmt.Fprintf(&b, "  %s %s %s: %s\n", f.Outcome, f.Code, f.Pointer, f.Message)
		}
	}
	for _, c := range r.Credentials {
		b.WriteString(findings(c))
	}
	return b.String()
}

// gold is json-gold with the published contexts.
type gold struct{ contexts map[string]json.RawMessage }

func newGold(t testing.TB) *gold { return &gold{publishedContexts(t)} }

// LoadDocument gives the published context, and nothing else.
func (g *gold) LoadDocument(url string) (*ld.RemoteDocument, error) {
	raw, ok := g.contexts[url]
	if !ok {
		return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, errors.New(url))
	}
	doc, err := ld.DocumentFromReader(bytes.NewReader(raw))
	return &ld.RemoteDocument{DocumentURL: url, Document: doc}, err
}

func (g *gold) hash(text string) (string, error) {
	doc, err := ld.DocumentFromReader(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	delete(doc.(map[string]any), "proof")
	opts := ld.NewJsonLdOptions("")
	opts.Format, opts.Algorithm, opts.DocumentLoader = "application/n-quads", ld.AlgorithmURDNA2015, g
	quads, err := ld.NewJsonLdProcessor().Normalize(doc, opts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(quads.(string)))
	return hex.EncodeToString(sum[:]), nil
}

// TestPeersOnTinyNumbers: the one place where the graphs differ. JSON-LD 1.1 API, 8.2.2, makes a double of every number
// with a fraction; jsonld.js takes 1e-7, which JavaScript writes without a point, for the integer 0.
func TestPeersOnTinyNumbers(t *testing.T) {
	const doc = `{"@context": ["https://www.w3.org/ns/credentials/v2", {"@protected": true, "size": "https://north.example/#size"}], "id": "urn:x:1", "size": 1e-7}`
	ours := canonicalHash(t, doc)
	sum := sha256.Sum256([]byte(`<urn:x:1> <https://north.example/#size> "1.0E-7"^^<http://www.w3.org/2001/XMLSchema#double> .` + "\n"))
	if ours != hex.EncodeToString(sum[:]) {
		t.Errorf("1e-7 is not the double 1.0E-7: %s", ours)
	}
	if g, err := newGold(t).hash(doc); err != nil || g != ours {
		t.Errorf("json-gold: %s, %v, want %s", g, err, ours)
	}
	if theirs := askPeers(t, []peerCase{{"tiny", doc, peerDay.Format(time.RFC3339)}}, nil).Verdicts["tiny"].Canonical; theirs == ours || theirs == "" {
		t.Errorf("jsonld.js has %q now; the note about it is out of date", theirs)
	}
}

// TestPeersOnTokens: go-jose reads what we sign, and we verify what go-jose signs; a token that go-jose refuses, we refuse.
func TestPeersOnTokens(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	rsaKey, err := key.Generate("rsa2048")
	if err != nil {
		t.Fatal(err)
	}
	signers := map[gojose.SignatureAlgorithm]crypto.Signer{gojose.RS256: rsaKey, gojose.PS256: rsaKey}
	for _, s := range sealers(t) {
		signers[gojose.SignatureAlgorithm(jose.AlgorithmFor(s.signer.Public()))] = s.signer
	}
	for n, alg := range slices.Sorted(maps.Keys(signers)) {
		signer := signers[alg]
		jwk, err := json.Marshal(gojose.JSONWebKey{Key: signer.Public()})
		if err != nil {
			t.Fatal(err)
		}
		id := "did:jwk:" + base64.RawURLEncoding.EncodeToString(jwk)
		doc := randomBadge(t, r, id, n)
		ours, err := vcjose.Sign(doc, signer, &vcjose.SignOptions{Algorithm: string(alg), KeyID: id + "#0"})
		if err != nil {
			t.Errorf("%s: %v", alg, err)
			continue
		}
		payload := goJoseReads(t, string(ours), alg, signer.Public())
		if payload == nil {
			t.Errorf("%s: go-jose refuses our token", alg)
			continue
		}
		theirs := goJoseSigns(t, payload, alg, signer, id+"#0")
		for who, token := range map[string]string{"ours": string(ours), "go-jose's": theirs} {
			if rep := verify.Verify(t.Context(), []byte(token), &verify.Options{Now: peerDay}); rep.Verdict != verify.Verified {
				t.Errorf("%s, %s token: %s\n%s", alg, who, rep.Verdict, findings(rep))
			}
		}
		for range 40 {
			b := []byte(theirs)
			b[r.IntN(len(b))] ^= 1 << r.IntN(7)
			theyRead := goJoseReads(t, string(b), alg, signer.Public()) != nil
			rep := verify.Verify(t.Context(), b, &verify.Options{Now: peerDay})
			if rep.Verdict == verify.Verified && !theyRead {
				t.Errorf("%s: we verify what go-jose refuses: %s", alg, b)
			}
			// RFC 7515, 2: go-jose does not look at the bits beyond the last byte of a part.
			if _, strict := rep.Find("format.token-malformed"); theyRead && rep.Verdict != verify.Verified && !strict {
				t.Errorf("%s: go-jose reads what we call %s\n%s", alg, rep.Verdict, findings(rep))
			}
		}
	}
}

func goJoseReads(t *testing.T, token string, alg gojose.SignatureAlgorithm, pub crypto.PublicKey) []byte {
	t.Helper()
	jws, err := gojose.ParseSignedCompact(token, []gojose.SignatureAlgorithm{alg})
	if err != nil {
		return nil
	}
	payload, err := jws.Verify(pub)
	if err != nil {
		return nil
	}
	return payload
}

func goJoseSigns(t *testing.T, payload []byte, alg gojose.SignatureAlgorithm, signer crypto.Signer, kid string) string {
	t.Helper()
	s, err := gojose.NewSigner(gojose.SigningKey{Algorithm: alg, Key: signer}, (&gojose.SignerOptions{}).WithType("JWT").WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	jws, err := s.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
