package server

import (
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// delivered gives an institution a delivery, an experience and an endorsement.
func (m *matrix) delivered(d *seeding, owner string) {
	m.t.Helper()
	ctx, now := m.t.Context(), time.Now()
	awards, err := d.Registrar.Awards(ctx, d.registrar, registrar.AwardFilter{States: []record.AwardState{record.AwardIssued}})
	m.must(err)
	letter := &record.Delivery{ID: record.DeliveryID(record.NewID()), Institution: d.inst.ID, Learner: awards[0].Learner, Kind: record.DeliverRenewal, About: record.NewID(), Address: "who@example.org", State: record.DeliverySent, Mailing: 1, CreatedAt: now, SentAt: now}
	asked := &record.Experience{ID: record.ExperienceID(record.NewID()), Institution: d.inst.ID, Learner: awards[0].Learner, Achievement: awards[0].Achievement, State: record.ExperienceAsked,
		Body: record.ExperienceBody{Organization: "Of " + owner, Role: "Helper", Start: "2026-01-01", End: "2026-02-01", Supervisor: "S", Email: "s@example.org"}, CreatedBy: d.registrar.Account, CreatedAt: now, ExpiresAt: now.AddDate(0, 1, 0)}
	m.must(m.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddExperience(ctx, asked); err != nil {
			return err
		}
		_, err := tx.AddLetter(ctx, letter)
		return err
	}))
	signed, err := d.Registrar.Endorse(ctx, d.approver, registrar.EndorseRequest{Kind: record.EndorseIssuer, About: "did:web:neighbour.example", Name: "Neighbour", Comment: "Of " + owner})
	m.must(err)
	m.own("letter", owner, string(letter.ID))
	m.own("experience", owner, string(asked.ID))
	m.own("endorsement", owner, string(signed.ID))
}
