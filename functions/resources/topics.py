"""What an item can be about, and where it comes from: the choices of the form and the filters of the search."""

TOPICS = {
    "psirf": "PSIRF (Patient Safety Incident Response Framework)",
    "investigation": "Investigating and learning responses",
    "learning-from-events": "Recording events (LFPSE)",
    "human-factors": "Human factors and ergonomics",
    "engagement": "Involving patients, families and staff",
    "duty-of-candour": "Duty of candour",
    "safety-culture": "Safety culture",
    "training": "Education and training",
    "medicines": "Medicines",
    "maternity": "Maternity and newborn care",
    "mental-health": "Mental health",
    "surgery": "Surgery and invasive procedures",
    "deterioration": "Deterioration and sepsis",
    "falls": "Falls, pressure ulcers and nutrition",
    "infection": "Infection",
    "digital": "Digital systems and equipment",
    "improvement": "Quality improvement",
    "measurement": "Measuring and reporting",
    "governance": "Policies, roles and oversight",
    "partners": "Patient safety partners",
    "early-adopter": "From an early adopter of PSIRF",
}

NATIONS = {
    "england": "England",
    "scotland": "Scotland",
    "wales": "Wales",
    "northern-ireland": "Northern Ireland",
}

SETTINGS = {
    "acute": "Acute hospital",
    "community": "Community health",
    "mental-health": "Mental health",
    "ambulance": "Ambulance",
    "primary": "General practice and primary care",
    "maternity": "Maternity",
    "hospice": "Hospice and end of life care",
    "independent": "Independent hospital or clinic",
    "care-home": "Care home and social care",
    "prison": "Prison and secure care",
    "system": "Across a whole system",
}

ORGANISATIONS = {
    "trust": "NHS trust or health board",
    "icb": "Integrated care board",
    "independent": "Independent provider",
    "hospice": "Hospice or charity",
    "national": "National body or regulator",
    "university": "University",
    "royal-college": "Royal college or professional body",
    "patients": "Patients' organisation",
}
