package server

import (
	"context"
	"fmt"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
)

// goals gives the first learner something to aim at: an employer's job profile, the programme, and what she states herself.
func (d *seeding) goals(ctx context.Context) error {
	profile, err := d.demoFile("analyst.json")
	if err != nil {
		return err
	}
	err = d.Registrar.AddFramework(ctx, d.registrar, record.Framework{IRI: d.inst.Root() + "/goals/junior-data-analyst", Title: "Junior data analyst", Kind: "target", Body: profile.Data})
	if err != nil {
		return err
	}
	_, err = d.Learner.State(ctx, d.first, "", 0, record.StatementBody{Name: "Talk at the data club", Type: "Achievement", Description: "Twenty minutes on why buses bunch on the river line, with questions.",
		End: "2026-02-11", Evidence: []record.Evidence{{URL: "https://portfolio.example.org/amara/talk", Name: "Slides"}},
		Skills: []record.Alignment{{Name: "Speaking to an audience", URL: d.inst.Root() + "/ims/case/v1p1/CFItems/5b0c9d2e-7a41-4c1e-9f35-1d6a2b7c0022", Code: "CO.2", Framework: "Rowan Valley graduate capabilities"}}})
	if err != nil {
		return err
	}
	aims, _, err := d.Learner.Aims(ctx, d.first, "")
	if err != nil {
		return err
	}
	chosen := 0
	for _, a := range aims {
		if a.Name == "Junior data analyst" || a.Name == "BSc Data Science" {
			if _, err := d.Learner.AddGoal(ctx, d.first, learner.GoalRequest{Ref: a.Ref}); err != nil {
				return err
			}
			chosen++
		}
	}
	if chosen != 2 {
		return fmt.Errorf("%d of the two goals of the demonstration can be chosen", chosen)
	}
	return nil
}
