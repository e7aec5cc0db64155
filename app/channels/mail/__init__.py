"""Mail that comes in: notices of Resend and SendGrid, verified, told apart and handed on. Only translates."""
