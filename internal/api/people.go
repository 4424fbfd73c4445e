package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// aboutKey says whose key this is and what it may do.
func aboutKey(v *visit) error {
	return v.answer(http.StatusOK, "application/json", map[string]any{
		"name": v.key.Name, "prefix": v.key.Prefix, "scopes": v.key.Scopes, "institution": v.key.Institution, "actsFor": v.actor.Name})
}

type personOut struct {
	ID     string `json:"id"`
	Key    string `json:"key"` // of the student system
	Name   string `json:"name"`
	Email  string `json:"email,omitempty"`
	Record string `json:"record,omitempty"` // the address of the signed record, once issued
}

func personOf(l *record.Learner) personOut {
	return personOut{ID: string(l.ID), Key: l.SourceKey, Name: l.Name.Display, Email: l.Email}
}

func listPeople(v *visit) error {
	all, err := v.Registrar.Learners(v.r.Context(), v.actor, v.r.URL.Query().Get("search"), record.LearnerID(v.r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	limit, err := v.limit(registrar.MaxPage)
	if err != nil {
		return err
	}
	out, last := []personOut{}, ""
	for i := range all {
		if i == limit {
			last = string(all[i-1].ID)
			break
		}
		out = append(out, personOf(&all[i]))
	}
	if last == "" && len(all) == registrar.MaxPage {
		last = string(all[len(all)-1].ID)
	}
	return v.list(out, last)
}

func readPerson(v *visit) error {
	l, err := v.Registrar.Learner(v.r.Context(), v.actor, record.LearnerID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	out := personOf(&l.Learner)
	out.Record = l.RecordURL
	v.w.Header().Set("ETag", tag(l.Version))
	return v.answer(http.StatusOK, "application/json", out)
}

// readRecord answers with a learner's signed record: the bytes as they were signed.
func readRecord(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	path := ""
	if v.actor.Learner != "" {
		mine, err := v.Learner.MyRecord(ctx, v.actor)
		if err != nil {
			return err
		}
		if string(mine.Learner.ID) == id || id == "me" {
			path = mine.Learner.RecordID
		}
	} else {
		l, err := v.Registrar.Learner(ctx, v.actor, record.LearnerID(id))
		if err != nil {
			return err
		}
		path = l.RecordID
	}
	if path == "" {
		return record.Errorf(record.NotFound, "api.readRecord", "there is no such person, or not for this key")
	}
	return v.signed(path)
}

// signed answers with a credential's bytes.
func (v *visit) signed(path string) error {
	c, err := v.Learner.Fetch(v.r.Context(), v.actor, path)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("ETag", `"`+c.SHA256+`"`)
	h.Set("Content-Type", "application/vc+jwt")
	if len(c.Bytes) > 0 && c.Bytes[0] == '{' {
		h.Set("Content-Type", "application/vc")
	}
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(c.Bytes) // the caller has gone
	return nil
}

type achievementOut struct {
	ID      string `json:"id"`  // the address that credentials use
	Key     string `json:"key"` // the last part of the address
	Name    string `json:"name"`
	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Version string `json:"version"`
}

func achievementOf(a *record.Achievement) achievementOut {
	return achievementOut{a.IRI, a.IRI[strings.LastIndexByte(a.IRI, '/')+1:], a.Name, a.Type, a.Code, a.Version}
}

func listAchievements(v *visit) error {
	all, err := v.Registrar.Catalogue(v.r.Context(), v.actor, v.r.URL.Query().Get("search"))
	if err != nil {
		return err
	}
	limit, err := v.limit(registrar.MaxPage)
	if err != nil {
		return err
	}
	after, out, last := v.r.URL.Query().Get("after"), []achievementOut{}, ""
	for i := range all {
		if after != "" {
			if achievementOf(&all[i]).Key == after {
				after = ""
			}
			continue
		}
		if len(out) == limit {
			last = out[limit-1].Key
			break
		}
		out = append(out, achievementOf(&all[i]))
	}
	return v.list(out, last)
}

func readAchievement(v *visit) error {
	a, i, err := v.Registrar.Achievement(v.r.Context(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if i.ID != v.actor.Institution {
		return record.Errorf(record.NotFound, "api.readAchievement", "there is no such achievement")
	}
	v.w.Header().Set("ETag", `"`+a.Hash+`"`)
	return v.answer(http.StatusOK, "application/json", map[string]any{"achievement": achievementOf(a), "body": json.RawMessage(a.Body)})
}

type shareOut struct {
	ID        string   `json:"id"`
	State     string   `json:"state"`
	Label     string   `json:"label,omitempty"`
	Audience  string   `json:"audience,omitempty"`
	Items     []string `json:"items,omitempty"`
	Openings  int      `json:"openings"`
	ExpiresAt string   `json:"expiresAt,omitempty"`
	URL       string   `json:"url,omitempty"` // told once, when the share is made
}

func listShares(v *visit) error {
	all, err := v.Learner.Shares(v.r.Context(), v.actor)
	if err != nil {
		return err
	}
	out := make([]shareOut, len(all))
	for i, s := range all {
		out[i] = shareOut{ID: string(s.ID), State: s.State, Label: s.Label, Audience: s.Audience, Openings: len(s.Openings), ExpiresAt: stamp(s.ExpiresAt)}
		for _, item := range s.Items {
			out[i].Items = append(out[i].Items, item.Name)
		}
	}
	return v.list(out, "")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func makeShare(v *visit) error {
	var in struct {
		Whole         bool     `json:"whole"`
		Items         []string `json:"items"`
		Label         string   `json:"label"`
		Audience      string   `json:"audience"`
		Note          string   `json:"note"`
		ExpiresAt     string   `json:"expiresAt"`
		Passcode      string   `json:"passcode"`
		AllowDownload bool     `json:"allowDownload"`
	}
	if err := v.read(&in); err != nil {
		return err
	}
	req := learner.ShareRequest{Whole: in.Whole, Items: in.Items, Label: in.Label, Audience: in.Audience, Note: in.Note, Passcode: in.Passcode, AllowDownload: in.AllowDownload}
	if in.ExpiresAt != "" {
		var err error
		if req.ExpiresAt, err = time.Parse(time.RFC3339, in.ExpiresAt); err != nil {
			return record.Errorf(record.Invalid, "api.makeShare", "/expiresAt is no moment such as 2030-01-31T12:00:00Z")
		}
	}
	s, err := v.Learner.Share(v.r.Context(), v.actor, req)
	if err != nil {
		return err
	}
	return v.answer(http.StatusCreated, "application/json", shareOut{ID: string(s.ID), State: "open", Label: s.Label, Audience: s.Audience, ExpiresAt: stamp(s.ExpiresAt), URL: s.URL})
}

func endShare(v *visit) error {
	if err := v.Learner.RevokeShare(v.r.Context(), v.actor, record.ShareID(v.r.PathValue("id"))); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// maxGap bounds a case: a record's claims, a framework and a catalogue as data.
const maxGap = 8 << 20

// compare answers with the gap analysis of a case that the request carries whole. Nothing of it is kept.
func compare(v *visit) error {
	root, err := v.object()
	if err != nil {
		return err
	}
	var c gap.Case
	if err := json.Unmarshal(root.Raw(), &c); err != nil { // ijson has read it: no duplicate name is left
		return record.Errorf(record.Invalid, "api.gap", "the case does not fit: %v", err)
	}
	if c.AsOf == "" {
		c.AsOf = time.Now().UTC().Format(time.DateOnly)
	} else if _, err := time.Parse(time.DateOnly, c.AsOf); err != nil {
		return record.Errorf(record.Invalid, "api.gap", "/asOf is no day such as 2026-01-31")
	}
	return v.answer(http.StatusOK, "application/json", gap.Analyse(&c))
}
