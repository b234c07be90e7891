"""The loop that talks to Procore: reads what is new, tells what QuickBooks holds."""
