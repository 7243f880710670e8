namespace Gdn.Harness.Divergence;

/// <summary>What the difference between an expected and an actual answer means.</summary>
public enum Outcome
{
    /// <summary>They do not differ.</summary>
    Same,

    /// <summary>Two tokens were practically equally likely, and noise chose the other.</summary>
    Tie,

    /// <summary>Too much for noise, too little for corruption.</summary>
    Undecided,

    /// <summary>Noise does not explain it.</summary>
    Corrupt,
}
