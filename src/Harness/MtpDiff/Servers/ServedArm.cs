using static System.FormattableString;

namespace Gdn.Harness.MtpDiff.Servers;

/// <summary>One way of asking a server that is compared with asking without drafts.</summary>
/// <param name="Drafts">K; 0 for no drafts, null for what the server was started with.</param>
/// <param name="Np">Requests at once.</param>
internal sealed record ServedArm(int? Drafts, int Np)
{
    /// <summary>Name in reports.</summary>
    public string Name => Drafts switch
    {
        0 => "none",
        null => "as started",
        _ => "server",
    };

    /// <summary>Name with K and np.</summary>
    public string FullName => Name + (Drafts is > 0 and var k ? Invariant($", K {k}") : "") + Invariant($", np {Np}");
}
