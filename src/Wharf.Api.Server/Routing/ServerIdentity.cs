namespace Wharf.Api.Server.Routing;

/// <summary>What every answer says about the server in its head.</summary>
public sealed record ServerIdentity(string Version, bool Experimental);
