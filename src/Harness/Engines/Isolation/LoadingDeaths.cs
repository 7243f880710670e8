using Gdn.Reference.Engines;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// Deaths of an engine in loading models. One hang is enough to expect the next. Of crashes it takes a few: they may depend on how many
/// slots are asked for, or on chance. A model that was ever loaded is tried again each time.
/// </summary>
internal sealed class LoadingDeaths
{
    private const int EnoughCrashes = 3;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _loaded = [];
    private readonly Dictionary<string, int> _crashes = [];
    private readonly Dictionary<string, EngineDiedException> _expected = [];
    private EngineDiedException? _hang;

    /// <summary>The death to be expected; null where the engine should be asked.</summary>
    /// <param name="model">The model's file.</param>
    public EngineDiedException? Expected(string model)
    {
        lock (_lock) return _hang ?? _expected.GetValueOrDefault(model);
    }

    /// <summary>The engine has loaded the model.</summary>
    public void Survived(string model)
    {
        lock (_lock)
        {
            _loaded.Add(model);
            _expected.Remove(model);
        }
    }

    /// <summary>The engine has died.</summary>
    public void Add(string model, EngineDiedException death)
    {
        lock (_lock)
        {
            if (death.Death == EngineDeath.Hang) _hang = death;
            else if (!_loaded.Contains(model) && (_crashes[model] = _crashes.GetValueOrDefault(model) + 1) >= EnoughCrashes)
                _expected[model] = death;
        }
    }
}
