"""The checks that come with wafr: one module per AWS service, evidence first, checks after."""
