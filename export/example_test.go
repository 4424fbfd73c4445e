package export_test

import (
	"fmt"

	"github.com/openlaurel/laurel/export"
)

const badge = `{"@context": ["https://www.w3.org/ns/credentials/v2"], "id": "https://u.example.edu/records/7", "type": ["VerifiableCredential", "AchievementCredential"],
  "issuer": {"id": "https://u.example.edu", "type": ["Profile"], "name": "Example University"}, "validFrom": "2026-05-31T00:00:00Z",
  "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"id": "https://u.example.edu/a/rd", "type": ["Achievement"],
    "achievementType": "Certificate", "name": "R&D methods", "description": "How to find out.", "criteria": {"narrative": "Find out."}}}}`

// A certificate in a résumé, and what the format could not carry.
func ExampleExport() {
	record, err := export.Read([]byte(badge))
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := export.Export("jsonresume", record, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", res.Files[0].Data)
	// Output:
	// {
	//   "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
	//   "certificates": [
	//     {
	//       "name": "R&D methods",
	//       "date": "2026-05-31",
	//       "issuer": "Example University",
	//       "url": "https://u.example.edu/records/7"
	//     }
	//   ]
	// }
}

// The address that adds a certificate to a LinkedIn profile.
func ExampleLinkedInURL() {
	record, err := export.Read([]byte(badge))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(export.LinkedInURL(&record.Claims[0], &export.LinkedIn{CertURL: "https://u.example.edu/shares/abc", CertID: "K7Q2"}))
	// Output: https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=R%26D%20methods&organizationName=Example%20University&issueYear=2026&issueMonth=5&certUrl=https%3A%2F%2Fu.example.edu%2Fshares%2Fabc&certId=K7Q2
}
