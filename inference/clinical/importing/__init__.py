"""Clinical values from elsewhere: every import is a proposal that a person looks at before it is taken."""
