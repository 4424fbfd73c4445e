package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Endorsements lists what the institution vouches for, with a form for the next.
type Endorsements struct {
	Shell
	Error     string
	Rows      []EndorsementRow
	MayChange bool
	Typed     map[string]string
}

// EndorsementRow is one endorsement.
type EndorsementRow struct {
	ID, Kind, Name, About, Comment, State, Reason string
	Made, Ended                                   render.Date
}

var endorsePages = []page{&Endorsements{}}

var approving = []record.Role{record.RoleApprover}

var endorseRoutes = []route{
	{"GET /desk/endorsements", staff, endorsements, 0},
	{"POST /desk/endorsements", approving, endorse, 0},
	{"POST /desk/endorsements/{id}/revoke", approving, revokeEndorsement, 0},
	{"GET /endorsements/{id}", anyone, publicEndorsement, 0},
}

func endorsements(c *call) error { return c.showEndorsements("", http.StatusOK) }

func (c *call) showEndorsements(problem string, status int) error {
	all, err := c.deps.Registrar.Endorsements(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Endorsements{Error: problem, MayChange: c.actor.Has(approving...), Typed: c.typedFields("kind", "about", "name", "comment")}
	if a := c.r.URL.Query().Get("award"); a != "" && p.Typed["about"] == "" {
		p.Typed["kind"], p.Typed["about"] = string(record.EndorseAward), a
	}
	for _, e := range all {
		p.Rows = append(p.Rows, EndorsementRow{ID: string(e.ID), Kind: string(e.Kind), Name: e.Name, About: e.About, Comment: e.Comment, State: string(e.State), Reason: e.Reason,
			Made: render.Date{Time: e.CreatedAt}, Ended: render.Date{Time: e.EndedAt}})
	}
	p.Title, p.NoIndex, p.Wide = c.t("endorse.title"), true, true
	return c.show(status, p)
}

func endorse(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	_, err := c.deps.Registrar.Endorse(c.ctx, c.actor, registrar.EndorseRequest{Kind: record.EndorsementKind(f.Get("kind")), About: f.Get("about"), Name: f.Get("name"), Comment: f.Get("comment")})
	if record.KindOf(err) == record.NotFound {
		return c.showEndorsements(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return refused(err, c.showEndorsements)
	}
	return c.go303("/desk/endorsements?done=endorsed")
}

func revokeEndorsement(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	if err := c.deps.Registrar.RevokeEndorsement(c.ctx, c.actor, record.EndorsementID(c.r.PathValue("id")), c.r.PostForm.Get("reason")); err != nil {
		return refused(err, c.showEndorsements)
	}
	return c.go303("/desk/endorsements?done=endorsement-revoked")
}

// publicEndorsement is an endorsement at its own address: the signed bytes.
func publicEndorsement(c *call) error {
	e, err := c.deps.Registrar.Endorsement(c.ctx, record.EndorsementID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.document(documentType(c.r, e.Bytes), e.Bytes, false)
}
