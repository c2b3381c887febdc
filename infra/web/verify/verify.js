// The page behind the link of the confirmation mail. A button, not the page's loading, uses the token: mail scanners follow links.
const token = new URLSearchParams(location.search).get("token") ?? "";
const button = document.getElementById("confirm");
const status = document.getElementById("status");

// The token is a secret: out of the address bar and the history.
history.replaceState(null, "", location.pathname);

if (!token) {
  button.hidden = true;
  status.textContent = "This link is not complete. Open the one in the mail.";
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch("/v1/users/verifications", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) {
      button.hidden = true;
      status.textContent = "Thank you. Your account is active: you can sign in now.";
      return;
    }
    const problem = await answer.json();
    status.textContent = answer.status === 422 ? "This link was used already, or is too old. Ask for another mail." : problem.title;
  } catch {
    status.textContent = "The server cannot be reached. Try again.";
  }
  button.disabled = false;
});
