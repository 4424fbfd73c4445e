//go:build unix

package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/piprate/json-gold/ld"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/key"
)

// BenchmarkPeers checks all proofs of a record, each credential inside and then the record, as Laurel, Digital Bazaar's vc
// under Node.js, and json-gold with crypto/ed25519 do it, in turn in one run; contexts in memory, keys in the document,
// status left out. It reports medians of CPU milliseconds and how many times Laurel's each peer takes. One round is some
// ten seconds for the record of 100:
//
//	go test ./verify -run '^$' -bench Peers -benchtime 1x
func BenchmarkPeers(b *testing.B) {
	for _, name := range []string{"clr-std-10", "clr-std-100", "clr-lean-10"} {
		text := vectors.File(b, "perf/"+name+".json")
		b.Run(name, func(b *testing.B) {
			ours := medianCPU(b, 15, func() { proofsOf(b, text) })
			for b.Loop() {
				bazaar := bazaarCPU(b, text)
				g := &cachedGold{gold: newGold(b), parsed: map[string]*ld.RemoteDocument{}, want: map[int]*dataintegrity.Result{}}
				goldTime := medianCPU(b, 1, func() { goldProofs(b, g, text) })
				b.ReportMetric(bazaar, "bazaar-ms")
				b.ReportMetric(goldTime, "gold-ms")
				b.ReportMetric(bazaar/ours, "x-bazaar")
				b.ReportMetric(goldTime/ours, "x-gold")
			}
			b.ReportMetric(ours, "laurel-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkOtherContext hashes records with a context that is not among the embedded ones, which an operator has added:
// nothing about it is compiled ahead, and no part is shared with its record. Beside it stands json-gold, whose joining of
// lines weighs little at one credential.
func BenchmarkOtherContext(b *testing.B) {
	const url, content = "https://example.org/terms/v1", `{"@context":{"campus":"https://example.org/terms#campus"}}`
	for _, name := range []string{"clr-std-1", "clr-std-10"} {
		signed := vectors.File(b, "perf/"+name+".json")
		const first = `"https://www.w3.org/ns/credentials/v2"`
		text := bytes.Replace(signed, []byte(first), []byte(first+`,"`+url+`"`), 1)
		b.Run(name, func(b *testing.B) {
			opts := &jsonld.Options{Documents: map[string][]byte{url: []byte(content)}, OmitTopLevel: []string{"proof"}}
			var sum []byte
			ours := func() {
				d, err := ijson.Parse(text, nil)
				if err != nil {
					b.Fatal(err)
				}
				r, err := jsonld.ToRDF(d.Root(), opts)
				if err != nil {
					b.Fatal(err)
				}
				if sum, err = r.Dataset.CanonicalSum(nil); err != nil {
					b.Fatal(err)
				}
			}
			parsed, err := ld.DocumentFromReader(strings.NewReader(content))
			if err != nil {
				b.Fatal(err)
			}
			g := &cachedGold{gold: newGold(b), parsed: map[string]*ld.RemoteDocument{url: {DocumentURL: url, Document: parsed}}}
			theirs := func() {
				doc, err := ld.DocumentFromReader(bytes.NewReader(text))
				if err != nil {
					b.Fatal(err)
				}
				delete(doc.(map[string]any), "proof")
				o := ld.NewJsonLdOptions("")
				o.Format, o.Algorithm, o.DocumentLoader = "application/n-quads", ld.AlgorithmURDNA2015, g
				quads, err := ld.NewJsonLdProcessor().Normalize(doc, o)
				if err != nil {
					b.Fatal(err)
				}
				if got := sha256.Sum256([]byte(quads.(string))); !bytes.Equal(got[:], sum) {
					b.Fatal("json-gold arrives at another hash")
				}
			}
			var us, gold float64
			for b.Loop() {
				us, gold = medianCPU(b, 15, ours), medianCPU(b, 5, theirs)
			}
			b.ReportMetric(us, "laurel-ms")
			b.ReportMetric(gold, "gold-ms")
			b.ReportMetric(us/gold, "of-gold")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// medianCPU is the median of the CPU time of an operation, in milliseconds, after one to warm up.
func medianCPU(b *testing.B, rounds int, operation func()) float64 {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	operation()
	var all []float64
	for range rounds {
		start := used()
		operation()
		all = append(all, float64((used()-start).Nanoseconds())/1e6)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func proofsOf(b *testing.B, text []byte) {
	d, err := ijson.Parse(text, nil)
	if err != nil {
		b.Fatal(err)
	}
	record := dataintegrity.NewRecord(d.Root(), nil)
	keys := map[string]crypto.PublicKey{}
	for _, v := range signedOf(d.Root()) {
		p := dataintegrity.Proofs(v)[0]
		if keys[p.VerificationMethod] == nil {
			keys[p.VerificationMethod] = keyOfMethod(b, p.VerificationMethod)
		}
		if _, err := dataintegrity.Verify(v, p, keys[p.VerificationMethod], &dataintegrity.Options{Record: record}); err != nil {
			b.Fatal(err)
		}
	}
}

// signedOf is the record and the credentials in it.
func signedOf(root ijson.Value) []ijson.Value {
	list := []ijson.Value{root}
	for _, v := range root.At("/credentialSubject/verifiableCredential").Each() {
		list = append(list, v)
	}
	return list
}

func keyOfMethod(b *testing.B, method string) crypto.PublicKey {
	_, multikey, _ := strings.Cut(method, "#")
	pub, err := key.ParseMultikey(multikey)
	if err != nil {
		b.Fatal(err)
	}
	return pub
}

func bazaarCPU(b *testing.B, text []byte) float64 {
	dir := filepath.Join("testdata", "peers")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "jsonld")); err != nil {
		b.Skip("no peers: run npm ci in verify/testdata/peers")
	}
	in, err := json.Marshal(map[string]any{"contexts": publishedContexts(b), "text": string(text), "rounds": 3, "now": peerDay})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("node", "speed.mjs")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var answer struct {
		Verified bool      `json:"verified"`
		Error    string    `json:"error"`
		CPU      []float64 `json:"cpuMs"`
	}
	if err := json.Unmarshal(out, &answer); err != nil || !answer.Verified {
		b.Fatalf("the peer does not verify: %v %s", err, answer.Error)
	}
	slices.Sort(answer.CPU)
	return answer.CPU[len(answer.CPU)/2]
}

// cachedGold keeps contexts as json-gold's own caching loader does.
type cachedGold struct {
	*gold
	parsed map[string]*ld.RemoteDocument
	want   map[int]*dataintegrity.Result // by the place of the credential, found while warming up
}

func (g *cachedGold) LoadDocument(url string) (*ld.RemoteDocument, error) {
	if doc := g.parsed[url]; doc != nil {
		return doc, nil
	}
	doc, err := g.gold.LoadDocument(url)
	if err == nil {
		g.parsed[url] = doc
	}
	return doc, err
}

// goldProofs does what a caller of json-gold has to do: canonicalize document and proof configuration, hash, check.
func goldProofs(b *testing.B, g *cachedGold, text []byte) {
	d, err := ijson.Parse(text, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range signedOf(d.Root()) {
		doc, err := ld.DocumentFromReader(bytes.NewReader(v.Raw()))
		if err != nil {
			b.Fatal(err)
		}
		members := doc.(map[string]any)
		p := dataintegrity.Proofs(v)[0]
		config, err := ld.DocumentFromReader(bytes.NewReader(v.Get("proof").Raw()))
		if err != nil {
			b.Fatal(err)
		}
		if list, ok := config.([]any); ok {
			config = list[0]
		}
		proof := config.(map[string]any)
		delete(proof, "proofValue")
		proof["@context"] = members["@context"]
		delete(members, "proof")
		hash := func(doc any) []byte {
			opts := ld.NewJsonLdOptions("")
			opts.Format, opts.Algorithm, opts.DocumentLoader = "application/n-quads", ld.AlgorithmURDNA2015, g
			quads, err := ld.NewJsonLdProcessor().Normalize(doc, opts)
			if err != nil {
				b.Fatal(err)
			}
			h := crypto.SHA256.New()
			h.Write([]byte(quads.(string)))
			return h.Sum(nil)
		}
		result := g.want[v.Offset()]
		if result == nil {
			if result, err = dataintegrity.Verify(v, p, keyOfMethod(b, p.VerificationMethod), nil); err != nil {
				b.Fatal(err)
			}
			g.want[v.Offset()] = result
		}
		configHash, docHash := hash(config), hash(doc)
		if !bytes.Equal(docHash, result.CanonicalHash) || !bytes.Equal(configHash, result.ProofHash) {
			b.Fatal("json-gold arrives at other hashes")
		}
		ed25519.Verify(keyOfMethod(b, p.VerificationMethod).(ed25519.PublicKey), append(configHash, docHash...), make([]byte, ed25519.SignatureSize))
	}
}
