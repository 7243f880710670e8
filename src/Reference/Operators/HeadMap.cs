namespace Gdn.Reference.Operators;

/// <summary>Which key head a value head reads when there are more value heads (Hv) than key heads (Hk).</summary>
public enum HeadMap
{
    /// <summary>Key head <c>h mod Hk</c>: qwen35 and qwen35moe, whose files store the value heads permuted.</summary>
    Tiled,

    /// <summary>Key head <c>h div (Hv / Hk)</c>: qwen3next, in the order in which it was trained.</summary>
    Grouped,
}

/// <summary>The map as a function.</summary>
public static class HeadMapExtensions
{
    /// <summary>The key head of value head <paramref name="valueHead"/>.</summary>
    public static int KeyHeadOf(this HeadMap map, int valueHead, int keyHeads, int valueHeads) =>
        map == HeadMap.Tiled ? valueHead % keyHeads : valueHead / (valueHeads / keyHeads);
}
