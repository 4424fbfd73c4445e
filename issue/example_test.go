package issue_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/ob"
)

// One award, from a struct to a signed credential that a stranger verifies.
func Example() {
	signer, err := key.Generate("ed25519")
	if err != nil {
		panic(err)
	}
	multikey, err := key.Multikey(signer.Public())
	if err != nil {
		panic(err)
	}
	issuer := "did:key:" + multikey
	learner := issue.Learner{ID: "urn:uuid:8f8b8d1e-1111-4d3a-9c53-000000000001", Name: "Anya Ó Briain", Email: "anya@example.edu"}
	credential := ob.AchievementCredential{
		ID: "urn:uuid:8f8b8d1e-2222-4d3a-9c53-000000000001", ValidFrom: ob.At(time.Now().Add(-time.Hour)),
		Issuer: ob.Profile{ID: issuer, Name: "Example University"},
		CredentialSubject: ob.AchievementSubject{ID: learner.ID, Identifier: learner.Identities(""),
			Achievement: &ob.Achievement{ID: "https://example.edu/a/stat-210", AchievementType: "Course", Name: "Statistics", Description: "A first course."}},
	}
	k := issue.Key{Signer: signer, VerificationMethod: issuer + "#" + multikey}

	unsigned, err := issue.Award(credential)
	if err != nil {
		panic(err)
	}
	_, _, err = issue.Secure(context.Background(), unsigned, k, nil)
	fmt.Println(err)

	credential.CredentialSubject.Achievement.Criteria.Narrative = "Pass the final."
	if unsigned, err = issue.Award(credential); err != nil {
		panic(err)
	}
	secured, report, err := issue.Secure(context.Background(), unsigned, k, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Verdict, report.Proof, strings.Contains(string(secured), `"proofValue":"z`))
	// Output:
	// issue: The achievement “Statistics” does not say by what criteria it is earned (/credentialSubject/achievement/criteria)
	// verified eddsa-rdfc-2022 true
}
