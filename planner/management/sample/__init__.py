"""The sample portfolio: the published golden cases as workloads of four teams, with people and traffic."""
