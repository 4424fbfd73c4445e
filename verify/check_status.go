package verify

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/statuslist"
)

// checkStatus asks the issuer whether it has withdrawn the credential: every entry, of every kind and purpose (CLR 2.0,
// Verification, step 14; Bitstring Status List 1.0, 3.2). The rules are:
//
//   - Nothing is asked before the seal was found intact.
//   - "Could not find out" is unknown and never "not withdrawn": an unreachable list, a forged or unsigned one, one that
//     is out of date, too short, somebody else's, or that has no such place.
//   - A set entry counts whenever the list is authentic, even when it is too short or out of date: those faults are
//     reasons to doubt a clean answer, not a withdrawal.
func checkStatus(c *credential) {
	if c.legacy != nil {
		c.checkLegacyStatus()
		return
	}
	switch {
	case c.role == asStatusList:
		return
	case len(c.doc.Statuses) == 0:
		c.add("status.none", "")
		return
	case !c.sealed():
		c.add("status.not-asked", c.doc.Statuses[0].Pointer)
		return
	}
	for _, s := range c.doc.Statuses {
		e, err := statuslist.ParseEntry(s.Value)
		var se *statuslist.Error
		switch {
		case errors.As(err, &se) && se.Reason == statuslist.ReasonUnsupported:
			c.add("status.unknown-kind", s.Pointer, s.Type)
		case err != nil:
			c.add("status.entry", s.Pointer, plain(err))
		case e.Kind == statuslist.Revocations1EdTech:
			c.checkRevocations(e, s.Pointer)
		default:
			c.checkBitstring(e, s.Pointer)
		}
	}
}

// checkRevocations looks the credential up in a 1EdTechRevocationList, by id. The list is unsigned; what vouches for it
// is the connection.
func (c *credential) checkRevocations(e *statuslist.Entry, at string) {
	resp, err := c.net.Fetch(c.ctx, e.ListURL, fetch.AcceptStatusList)
	if err != nil {
		_, words := why(err)
		c.add("status.unavailable", at, e.ListURL, words)
		return
	}
	doc, err := ijson.Parse(resp.Body, nil)
	if err != nil {
		c.add("status.list-unusable", at, "it is not valid JSON")
		return
	}
	list, err := statuslist.ParseRevocations(doc.Root())
	if err != nil {
		c.add("status.list-unusable", at, plain(err))
		return
	}
	if list.Issuer != "" && list.Issuer != c.issuerID() {
		c.add("status.list-odd", at, fmt.Sprintf("its issuer is %s", quotable(list.Issuer)))
	}
	if list.ID != "" && list.ID != e.ListURL {
		c.add("status.list-odd", at, fmt.Sprintf("its id is %s", quotable(list.ID)))
	}
	if c.report.ID == "" {
		c.add("status.entry", at, "the record has no id, so a revocation list cannot name it")
		return
	}
	r, revoked := list.Find(c.report.ID)
	c.remember(&statuslist.Entry{Purpose: statuslist.PurposeRevocation, ListURL: e.ListURL}, revoked, time.Time{})
	if revoked {
		c.add("status.revoked", at, because(r.Reason))
		return
	}
	c.add("status.clear", at, statuslist.PurposeRevocation)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": “" + quotable(reason) + "”"
}

// checkBitstring looks the credential up in a bitstring list, which is a credential of its own and judged as one.
func (c *credential) checkBitstring(e *statuslist.Entry, at string) {
	j := c.lists.judge(c.run, e.ListURL)
	switch {
	case j.err != nil:
		_, words := why(j.err)
		c.add("status.unavailable", at, e.ListURL, words)
		return
	case j.unusable != "":
		c.add("status.list-unusable", at, j.unusable)
		return
	case !j.authentic:
		c.add("status.list-proof", at)
		return
	}
	status, err := j.list.Status(e)
	if err != nil {
		c.addLookupError(err, e, j.list, at)
		return
	}
	c.remember(e, status.Set(), j.made)
	doubts := c.listDoubts(j, status, at)
	if !status.Set() {
		if !doubts && e.Purpose == statuslist.PurposeMessage && status.Message != "" {
			c.add("status.message", at, status.Message)
		} else if !doubts {
			c.add("status.clear", at, e.Purpose)
		}
		return
	}
	switch e.Purpose {
	case statuslist.PurposeRevocation:
		c.add("status.revoked", at, because(status.Message))
	case statuslist.PurposeSuspension:
		c.add("status.suspended", at)
	case statuslist.PurposeRefresh:
		c.add("status.refresh", at)
	default:
		msg := status.Message
		if msg == "" {
			msg = fmt.Sprintf("%s (value %d)", e.Purpose, status.Value)
		}
		c.add("status.message", at, msg)
	}
}

func (c *credential) addLookupError(err error, e *statuslist.Entry, list *statuslist.List, at string) {
	var se *statuslist.Error
	switch {
	case errors.As(err, &se) && se.Reason == statuslist.ReasonRange:
		c.add("status.range", at, fmt.Sprint(e.Index))
	case errors.As(err, &se) && se.Reason == statuslist.ReasonPurpose:
		c.add("status.purpose", at, fmt.Sprint(list.Purposes), e.Purpose)
	default:
		c.add("status.list-unusable", at, plain(err))
	}
}

// listDoubts says why a clean answer of the list would not count; a set entry counts all the same.
func (c *credential) listDoubts(j *judgedList, s statuslist.Status, at string) bool {
	var codes []func()
	if j.issuer != c.issuerID() {
		codes = append(codes, func() { c.add("status.list-issuer", at, j.issuer) })
	}
	if j.outOfDate != "" {
		codes = append(codes, func() { c.add("status.list-time", at, j.outOfDate) })
	}
	if s.Short {
		codes = append(codes, func() { c.add("status.list-short", at, int(s.Entries)) })
	}
	if len(codes) > 0 && s.Set() {
		c.add("status.outdated-set", at)
		return true
	}
	for _, add := range codes {
		add()
	}
	return len(codes) > 0
}

// A judgedList is a status list credential and what its own verification said.
type judgedList struct {
	err       error  // why it could not be fetched
	unusable  string // why it is no list
	authentic bool   // its seal is intact and its own issuer's
	outOfDate string
	issuer    string
	made      time.Time // when it was sealed, by its seal's own word
	list      *statuslist.List
}

// A listMemory judges each list once in a verification, however many credentials name it.
type listMemory struct {
	mu    sync.Mutex
	byURL map[string]func() *judgedList
}

func (m *listMemory) judge(r *run, url string) *judgedList {
	m.mu.Lock()
	if m.byURL == nil {
		m.byURL = map[string]func() *judgedList{}
	}
	once, ok := m.byURL[url]
	if !ok {
		once = sync.OnceValue(func() *judgedList { return r.judgeList(url) })
		m.byURL[url] = once
	}
	m.mu.Unlock()
	return once()
}

// judgeList fetches a list and verifies it as a credential: seal, key and dates, not its own status.
func (r *run) judgeList(url string) *judgedList {
	resp, err := r.net.Fetch(r.ctx, url, fetch.AcceptStatusList)
	if err != nil {
		return &judgedList{err: err}
	}
	c := &credential{run: r, report: r.newReport(""), role: asStatusList}
	c.openPayload(sniff(resp.Body), resp.Body)
	if c.doc == nil {
		return &judgedList{unusable: "it is no credential"}
	}
	list, err := statuslist.ParseList(c.root())
	if err != nil {
		return &judgedList{unusable: plain(err)}
	}
	for _, check := range []func(*credential){checkContext, checkProof, checkIssuer, checkValidity} {
		check(c)
	}
	j := &judgedList{list: list, issuer: c.issuerID(), authentic: c.seal == sealIntact && c.has("issuer", Passed) && !c.has("issuer", Fails)}
	j.made = c.sealedAt()
	for _, f := range c.report.Findings {
		if f.Check == "validity" && f.Outcome == Fails {
			j.outOfDate = strings.TrimSuffix(strings.Replace(f.Message, "The record ", "it ", 1), ".")
		}
		if f.Check == "context" && f.Outcome == Fails {
			j.authentic = false
		}
	}
	return j
}
