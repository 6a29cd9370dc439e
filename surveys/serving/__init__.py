"""What every edge that answers HTTP shares: who is let in, who words a failure, a request's id.

Pages and the API don't know each other; both rest on this.
"""
