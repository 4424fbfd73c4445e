package verify

import (
	"errors"
	"strings"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/rdf"
)

// checkProof: every seal of the credential is recomputed over the credential alone, with its own @context. All of the
// issuer's seals have to hold; one that this verifier does not know counts only when there is no other (CLR 2.0,
// Verification, step 11; VC Data Integrity, 4.4 and 4.5).
func checkProof(c *credential) {
	if c.token != nil {
		c.checkToken()
		return
	}
	if c.legacy != nil {
		c.checkLegacyProof()
		return
	}
	proofs := dataintegrity.Proofs(c.root())
	switch {
	case len(proofs) == 0:
		c.addUnsigned()
		return
	case len(proofs) > dataintegrity.MaxProofs:
		c.seal = sealBroken
		c.add("proof.too-many", "/proof", len(proofs))
		return
	}
	names := make([]string, len(proofs))
	for i, p := range proofs {
		names[i] = quotable(p.Name())
	}
	c.report.Proof = strings.Join(names, ", ")
	first := len(c.report.Findings)
	w := &proofWork{c: c}
	for _, p := range proofs {
		w.check(p)
	}
	w.finish(c.report.Findings[first:])
}

// addUnsigned: a credential without a seal is not verifiable. Inside a record, its publisher vouches for it and nobody
// else does, which is neither forged nor verified. A presentation needs none to carry credentials, each of which stands by
// its own seal; what is then not known is who presents them (VC Data Model 2.0, 4.13). Who was asked to prove that has not.
func (c *credential) addUnsigned() {
	switch {
	case c.role == asNested && c.parent != nil && !c.parent.isUnsignedPresentation():
		c.add("proof.unsigned-part", "")
	case c.isUnsignedPresentation() && len(c.inner) > 0 && c.challenge() == "" && c.domain() == "":
		c.add("proof.unsigned-presentation", "")
	default:
		c.add("proof.missing", "/proof")
	}
}

// isUnsignedPresentation: nobody vouches for what such a wrapper says or holds.
func (c *credential) isUnsignedPresentation() bool {
	return c.doc.Kind.IsPresentation() && c.token == nil && len(dataintegrity.Proofs(c.root())) == 0
}

// proofWork gathers what the proofs of one credential have to say.
type proofWork struct {
	c               *credential
	intact          int
	broken          int
	unknown         int
	unknownSuite    bool
	needsVocabulary bool // some proof is over RDF, so that undefined terms are not sealed
}

func (w *proofWork) check(p dataintegrity.Proof) {
	c := w.c
	before := len(c.report.Findings)
	w.checkOne(p)
	switch outcome := worstOf(c.report.Findings[before:]); outcome {
	case Fails:
		w.broken++
	case Unknown, Skipped:
		w.unknown++
	default:
		w.intact++
	}
}

func worstOf(fs []Finding) Outcome {
	worst := Skipped
	rank := map[Outcome]int{Skipped: 0, Passed: 1, Unknown: 2, Fails: 3}
	for _, f := range fs {
		if rank[f.Outcome] > rank[worst] {
			worst = f.Outcome
		}
	}
	return worst
}

func (w *proofWork) checkOne(p dataintegrity.Proof) {
	c := w.c
	if !strings.Contains(p.Name(), "-jcs-") {
		w.needsVocabulary = true
	}
	if _, known := p.Suite(); !known && p.Type != "" {
		w.unknownSuite = true
		c.add("proof.unknown-suite", p.Pointer, p.Name())
		return
	}
	if want := c.purpose(); p.Purpose != want && p.Type != "" {
		c.add("proof.purpose", p.Pointer+"/proofPurpose", p.Purpose)
		return
	}
	if p.Type == "" {
		c.add("proof.malformed", p.Pointer, "it has no type")
		return
	}
	k := c.resolveKey(p.VerificationMethod, p.Pointer)
	if k == nil || !c.keyInTime(k, p.Created) {
		return
	}
	result, err := dataintegrity.Verify(c.root(), p, k.pub, &dataintegrity.Options{
		Purpose: c.purpose(), Documents: c.opts.Contexts, Record: c.record, Canonical: c.opts.Canonical, Challenge: c.challenge(), Domain: c.domain(),
	})
	if err != nil {
		c.addProofError(err, p)
		return
	}
	if c.opts.Canonical && c.report.Canonical == nil {
		c.report.Canonical = result.Canonical
	}
	k.uncovered, k.dropped = result.Uncovered, result.Dropped
	if p.Created.After(c.now.Add(ClockSkew)) {
		c.add("proof.from-the-future", p.Pointer+"/created", p.Created.Format(time.RFC3339))
		return
	}
	if !p.Expires.IsZero() && c.now.After(p.Expires) {
		c.add("proof.expired", p.Pointer+"/expires", p.Expires.Format(time.RFC3339))
		return
	}
	c.add("proof.valid", p.Pointer, p.Name())
	c.keys = append(c.keys, *k)
}

// purpose is what a seal must have been made for: a credential is asserted, a presentation authenticated.
func (c *credential) purpose() string {
	if c.doc.Kind.IsPresentation() {
		return did.Authentication
	}
	return did.AssertionMethod
}

// challenge and domain are what the caller asked the holder to present for; they bind the presentation itself alone.
func (c *credential) challenge() string {
	if c.role == asInput && c.doc.Kind.IsPresentation() {
		return c.opts.Challenge
	}
	return ""
}

func (c *credential) domain() string {
	if c.role == asInput && c.doc.Kind.IsPresentation() {
		return c.opts.Domain
	}
	return ""
}

// addProofError says which rule a proof breaks.
func (c *credential) addProofError(err error, p dataintegrity.Proof) {
	var (
		signature   *dataintegrity.SignatureError
		unsupported *dataintegrity.UnsupportedError
		malformed   *dataintegrity.MalformedError
		keyType     *dataintegrity.KeyTypeError
		expectation *dataintegrity.ExpectationError
		chain       *dataintegrity.ChainError
		base        *dataintegrity.BaseProofError
		work        *rdf.WorkLimitError
		context     *jsonld.ContextError
		document    *jsonld.Error
	)
	switch {
	case errors.As(err, &context):
		c.addContextError(context)
		c.add("proof.not-checkable", p.Pointer)
	case errors.As(err, &document) && document.Code == jsonld.CodeTooManyObjects:
		c.add("proof.work-limit", p.Pointer)
	case errors.As(err, &document):
		c.add("context.invalid", document.Pointer, document.Code+" "+document.Msg)
		c.add("proof.not-checkable", p.Pointer)
	case errors.As(err, &work):
		c.add("proof.work-limit", p.Pointer)
	case errors.As(err, &base):
		c.add("proof.base-proof", p.Pointer)
	case errors.As(err, &chain):
		c.add("proof.chain", chain.Pointer, chain.Msg)
	case errors.As(err, &keyType):
		c.add("proof.key-type", p.Pointer, plain(keyType))
	case errors.As(err, &malformed):
		c.add("proof.malformed", malformed.Pointer, malformed.Msg)
	case errors.As(err, &unsupported):
		c.add("proof.unknown-suite", p.Pointer, p.Name())
	case errors.As(err, &expectation) && expectation.Member != "proofPurpose":
		c.add("proof.replayed", expectation.Pointer, expectation.Member)
	case errors.As(err, &expectation):
		c.add("proof.purpose", expectation.Pointer, expectation.Got)
	case errors.As(err, &signature):
		c.add("proof.signature-mismatch", p.Pointer)
	default:
		c.add("proof.malformed", p.Pointer, plain(err))
	}
}

// finish settles the seal of the credential. A seal of an unknown kind, or one by somebody else, beside an intact one
// of the issuer takes nothing away.
func (w *proofWork) finish(findings []Finding) {
	c := w.c
	switch {
	case w.broken > 0:
		c.seal = sealBroken
	case w.intact > 0:
		c.seal = sealIntact
		for i := range findings {
			if findings[i].Outcome == Unknown {
				findings[i].demanded = false
			}
		}
	default:
		c.seal = sealUnknown
	}
	if w.intact == 0 && w.needsVocabulary {
		c.readVocabulary()
	} else if w.unknownSuite {
		c.readProofTypes()
	}
}

// readProofTypes: a seal of a kind that no context defines is an undefined term of the document, which safe mode refuses
// also beside a good seal.
func (c *credential) readProofTypes() {
	for _, d := range c.droppedTerms() {
		if strings.HasPrefix(d.Pointer, "/proof") && d.Reason != jsonld.ReasonDirection {
			c.add("context.undefined-term", d.Pointer, d.Term)
		}
	}
}

// readVocabulary looks for undefined terms where no seal was recomputed: they are a fault whatever the key.
func (c *credential) readVocabulary() {
	if c.has("context", Fails) || c.has("context", Unknown) {
		return
	}
	c.dropped = c.droppedTerms("proof")
	c.addDropped()
}

// droppedTerms converts the document as its seal would, and says what gets lost.
func (c *credential) droppedTerms(omit ...string) []jsonld.Dropped {
	res, err := jsonld.ToRDF(c.root(), &jsonld.Options{Documents: c.opts.Contexts, OmitTopLevel: omit})
	var context *jsonld.ContextError
	var document *jsonld.Error
	switch {
	case errors.As(err, &context):
		c.addContextError(context)
	case errors.As(err, &document) && document.Code == jsonld.CodeTooManyObjects:
		if !c.has("proof", Fails) {
			c.add("proof.work-limit", "/proof")
		}
	case errors.As(err, &document):
		c.add("context.invalid", document.Pointer, document.Code+" "+document.Msg)
	case err != nil:
		c.add("context.invalid", "", plain(err))
	default:
		return res.Dropped
	}
	return nil
}
