package web

import (
	"encoding/json"
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
)

// MyAddresses are the addresses of a learner.
type MyAddresses struct {
	Shell
	Error, Typed, SignIn string
	Others               []AddressLine
}

// AddressLine is one of the others.
type AddressLine struct {
	ID, Email         string
	Confirmed, Joined bool
}

// ConfirmAddress asks whoever opened a mailed link.
type ConfirmAddress struct {
	Shell
	Token, Email string
	Joins        bool
}

var addressRoutes = []route{
	{"GET /my/addresses", learners, myAddresses, 0},
	{"POST /my/addresses", learners, addAddress, 0},
	{"GET /my/address/{token}", learners, addressAsked, 0},
	{"POST /my/address/{token}", learners, confirmAddress, 0},
	{"POST /my/addresses/{id}/use", learners, useAddress, 0},
	{"POST /my/addresses/{id}/delete", learners, dropAddress, 0},
	{"GET /my/shares/{id}/receipt", learners, shareReceipt, 0},
}

func myAddresses(c *call) error { return c.showAddresses(&MyAddresses{}, http.StatusOK) }

func (c *call) showAddresses(p *MyAddresses, status int) error {
	all, err := c.deps.Learner.Addresses(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p.SignIn = all.SignIn
	for _, i := range all.Others {
		p.Others = append(p.Others, AddressLine{ID: i.ID, Email: i.Email, Confirmed: !i.Confirmed.IsZero(), Joined: i.Other != ""})
	}
	p.Title, p.NoIndex = c.t("addresses.title"), true
	return c.show(status, p)
}

func addAddress(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	typed := c.r.PostForm.Get("email")
	err := c.deps.Learner.AddAddress(c.ctx, c.actor, typed)
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict || k == record.TooLarge || k == record.Unavailable {
		return c.showAddresses(&MyAddresses{Error: c.says(err), Typed: typed}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/addresses?done=asked")
}

func addressAsked(c *call) error {
	p := &ConfirmAddress{Token: c.r.PathValue("token")}
	var err error
	if p.Email, p.Joins, err = c.deps.Learner.AddressAsked(c.ctx, c.actor, p.Token); err != nil {
		return err
	}
	p.Title, p.NoIndex = c.t("confirm-address.title"), true
	return c.show(http.StatusOK, p)
}

func confirmAddress(c *call) error {
	if err := c.deps.Learner.ConfirmAddress(c.ctx, c.actor, c.r.PathValue("token")); err != nil {
		return err
	}
	return c.go303("/my/addresses?done=saved")
}

func useAddress(c *call) error {
	if err := c.deps.Learner.UseAddress(c.ctx, c.actor, c.r.PathValue("id")); err != nil {
		return err
	}
	return c.go303("/my/addresses?done=saved")
}

func dropAddress(c *call) error {
	if err := c.deps.Learner.DropAddress(c.ctx, c.actor, c.r.PathValue("id")); err != nil {
		return err
	}
	return c.go303("/my/addresses?done=dropped")
}

func shareReceipt(c *call) error {
	r, err := c.deps.Learner.Receipt(c.ctx, c.actor, record.ShareID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return c.attachment("receipt.json", "application/json", append(b, '\n'))
}
