package render

import (
	"slices"
	"strings"

	"github.com/openlaurel/laurel/verify"
)

// MarkOf is the state of one credential alone, whatever lies around it. Revoked, suspended and expired are said as such
// only when nothing else failed: what a forged credential says about its own dates is not repeated as fact.
func MarkOf(rep *verify.Report) Mark {
	if rep == nil {
		return Unchecked
	}
	var revoked, suspended, expired, failed bool
	for _, f := range rep.Findings {
		if f.Outcome != verify.Fails {
			continue
		}
		switch {
		case f.Check == "nested":
		case f.Check == "status" && strings.Contains(f.Code, "revoked"):
			revoked = true
		case f.Check == "status" && strings.Contains(f.Code, "suspended"):
			suspended = true
		case f.Check == "validity" && strings.Contains(f.Code, "expired"):
			expired = true
		default:
			failed = true
		}
	}
	switch {
	case failed:
		return Failed
	case revoked:
		return Revoked
	case suspended:
		return Suspended
	case expired:
		return Expired
	case rep.Test:
		return Test
	case rep.Own == verify.Verified:
		return Verified
	}
	return Unchecked
}

// SealOf says whose signature stands behind a credential; wrapped tells that a wrapper carries it.
func SealOf(rep *verify.Report, wrapped bool) Seal {
	if rep == nil {
		return OpenSeal
	}
	if rep.Proof == "" || rep.Proof == "none" {
		if wrapped {
			return Vouched
		}
		return NoSeal
	}
	seal := OpenSeal
	for _, f := range rep.Findings {
		if f.Check != "proof" {
			continue
		}
		switch f.Outcome {
		case verify.Fails:
			return BadSeal
		case verify.Passed:
			seal = OwnSeal
		}
	}
	return seal
}

// VerdictOf sums up a whole tree in the counts of one sentence. A wrapper is not an item of its own, but its fate is the
// whole's: when it fails, nothing inside is repeated as fact.
func VerdictOf(rep *verify.Report) Verdict {
	if rep == nil {
		return Verdict{Mark: Unchecked}
	}
	v := Verdict{Own: MarkOf(rep), Checked: ParseDate(rep.CheckedAt), Uncovered: rep.Uncovered}
	issuers := map[string]string{}
	v.count(rep, false, issuers)
	v.name(issuers)
	v.Mark = v.worst()
	if isDelivery(rep) {
		v.Own = Verified
		return v
	}
	switch {
	case v.Own == Failed || v.Own == Revoked || v.Own == Suspended:
		v.Mark = v.Own
	case v.Own == Test && v.Mark != Failed && v.Mark != Revoked:
		v.Mark = Test
	case v.Mark == Verified && v.Own == Expired, v.Own == Unchecked && (v.Mark == Verified || v.Mark == Expired):
		v.Mark = v.Own
	}
	return v
}

// isDelivery: what several credentials came in, such as the answer of an interface, says nothing and can be no worse than
// they are.
func isDelivery(rep *verify.Report) bool {
	return slices.ContainsFunc(rep.Findings, func(f verify.Finding) bool { return f.Code == "format.several" && f.Outcome == verify.Passed })
}

// name keeps the number of the issuers, and the name of a single one.
func (v *Verdict) name(issuers map[string]string) {
	v.Issuers = len(issuers)
	if len(issuers) == 1 {
		for _, n := range issuers {
			v.By = n
		}
	}
}

// count adds the items under rep; a credential that carries others is counted through them.
func (v *Verdict) count(rep *verify.Report, wrapped bool, issuers map[string]string) {
	var items []*verify.Report
	for _, c := range rep.Credentials {
		if c.Kind != verify.KindEndorsement {
			items = append(items, c)
		}
	}
	if len(items) > 0 || rep.Kind == verify.KindClr || rep.Kind == verify.KindPresentation {
		for _, c := range items {
			v.count(c, true, issuers)
		}
		return
	}
	v.Total++
	if rep.Issuer.ID != "" {
		issuers[rep.Issuer.ID] = rep.Issuer.Name
	}
	switch MarkOf(rep) {
	case Verified:
		v.Good++
	case Expired:
		v.Expired++
	case Revoked, Suspended:
		v.Revoked++
	case Failed:
		v.Failed++
	case Test:
		v.Tests++
	default:
		v.Unchecked++
	}
	switch SealOf(rep, wrapped) {
	case OwnSeal:
		v.OwnSeal++
	case Vouched:
		v.Vouched++
	}
}

// Checks are the findings that say something to a reader, in the order of the checks.
func Checks(rep *verify.Report) []Check {
	if rep == nil {
		return nil
	}
	var out []Check
	for _, f := range rep.Findings {
		if f.Outcome == verify.Skipped && !f.Warning {
			continue
		}
		out = append(out, Check{
			Check: f.Check, Outcome: string(f.Outcome), Code: f.Code, Message: f.Message, Repair: f.Repair,
			Pointer: f.Pointer, Owner: f.Owner, Spec: f.Spec, Warning: f.Warning,
		})
	}
	return out
}
