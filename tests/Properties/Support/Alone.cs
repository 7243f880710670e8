using Xunit;

namespace Gdn.Properties.Support;

/// <summary>Tests that measure the whole process: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>For <see cref="CollectionAttribute"/>.</summary>
    public const string Name = "alone";
}
