namespace Gdn.Harness.Server;

/// <summary>How tokens of running answers and pieces of prompts share a pass.</summary>
public enum BatchOrder
{
    /// <summary>In one pass, answers first.</summary>
    DecodeFirst,

    /// <summary>In one pass, prompts first.</summary>
    PrefillFirst,

    /// <summary>In passes of their own: prompts are read while answers wait.</summary>
    Separate,
}
