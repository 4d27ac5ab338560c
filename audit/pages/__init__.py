"""The pages in the browser: each shows what a job answers, and hands it what was pressed."""
