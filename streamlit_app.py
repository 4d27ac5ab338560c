"""The pages in the browser, as Streamlit starts them; `mask-audit review` says for which workspace."""

from audit.pages.navigation import main

main()
