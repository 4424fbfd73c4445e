package ob

import "encoding/json"

// Profile is an organisation or person that issues, creates, assesses or endorses (OB 3.0, Profile).
type Profile struct {
	ID               string            `json:"id"`
	Type             []string          `json:"type"`
	Name             string            `json:"name,omitempty"`
	URL              string            `json:"url,omitempty"`
	Phone            string            `json:"phone,omitempty"`
	Description      string            `json:"description,omitempty"`
	Image            *Image            `json:"image,omitempty"`
	Email            string            `json:"email,omitempty"`
	Address          *Address          `json:"address,omitempty"`
	OtherIdentifier  []IdentifierEntry `json:"otherIdentifier,omitempty"`
	Official         string            `json:"official,omitempty"`
	ParentOrg        *Profile          `json:"parentOrg,omitempty"`
	FamilyName       string            `json:"familyName,omitempty"`
	GivenName        string            `json:"givenName,omitempty"`
	AdditionalName   string            `json:"additionalName,omitempty"`
	PatronymicName   string            `json:"patronymicName,omitempty"`
	HonorificPrefix  string            `json:"honorificPrefix,omitempty"`
	HonorificSuffix  string            `json:"honorificSuffix,omitempty"`
	FamilyNamePrefix string            `json:"familyNamePrefix,omitempty"`
	DateOfBirth      DateTime          `json:"dateOfBirth,omitempty"` // YYYY-MM-DD
	Endorsement      []json.RawMessage `json:"endorsement,omitempty"`
	EndorsementJWT   []string          `json:"endorsementJwt,omitempty"`

	Translations Translations `json:"-"`
}

// Address is a postal address (OB 3.0, Address).
type Address struct {
	Type                []string        `json:"type"`
	AddressCountry      string          `json:"addressCountry,omitempty"`
	AddressCountryCode  string          `json:"addressCountryCode,omitempty"` // ISO 3166-1 alpha-2
	AddressRegion       string          `json:"addressRegion,omitempty"`
	AddressLocality     string          `json:"addressLocality,omitempty"`
	StreetAddress       string          `json:"streetAddress,omitempty"`
	PostOfficeBoxNumber string          `json:"postOfficeBoxNumber,omitempty"`
	PostalCode          string          `json:"postalCode,omitempty"`
	Geo                 *GeoCoordinates `json:"geo,omitempty"`
}

// GeoCoordinates is a point, WGS84 (OB 3.0, GeoCoordinates).
type GeoCoordinates struct {
	Type      string  `json:"type"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// IdentifierEntry is a further identifier of a profile or achievement (OB 3.0, IdentifierEntry).
type IdentifierEntry struct {
	Type           string         `json:"type"`
	Identifier     string         `json:"identifier"`
	IdentifierType IdentifierType `json:"identifierType"`
}
